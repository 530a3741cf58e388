package io.polylog.server.differential;

import java.util.List;

/** All that both brokers are asked, in order. */
final class Script {

    static final List<Scenario> ALL = List.of(
            new ClusterScenario(),
            new DataScenario(),
            new TopicScenario(),
            new ConfigScenario(),
            new GroupScenario(),
            new OffsetScenario(),
            new NextGroupScenario(),
            new StreamsScenario(),
            new AdminScenario());

    private Script() {}
}
