package io.polylog.server.differential;

import java.util.List;

/** All that both brokers are asked, in order. */
final class Script {

    static final List<Scenario> ALL = List.of(
            new ClusterScenario(),
            new DataScenario(),
            new FetchSessionScenario(),
            new TopicScenario(),
            new ConfigScenario(),
            new BrokerConfigScenario(),
            new GroupConfigScenario(),
            new ClientMetricsScenario(),
            new QuotaScenario(),
            new GroupScenario(),
            new OffsetScenario(),
            new NextGroupScenario(),
            new StreamsScenario(),
            new AdminScenario(),
            new TransactionScenario(),
            new TxnOffsetScenario(),
            new ByteRateScenario(),
            new ScramScenario(),
            new ShareScenario(),
            new ShareIsolationScenario(),
            new ShareGroupScenario());

    /** What clients are asked for by brokers that want to know who they are. */
    static final List<Scenario> STRANGERS = List.of(new SaslScenario());

    /** What the super user {@link #ROOT} asks of brokers that keep access control lists. */
    static final List<Scenario> GUARDED = List.of(new AclScenario());

    /** Name and password. */
    static final List<String> ROOT = List.of("root", "pw");

    private Script() {}
}
