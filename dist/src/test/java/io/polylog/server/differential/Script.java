package io.polylog.server.differential;

import java.util.List;
import java.util.Set;
import org.apache.kafka.common.protocol.ApiKeys;

/** All that both brokers are asked, in order. */
final class Script {

    static final List<Scenario> ALL = List.of(
            new ClusterScenario(),
            new DataScenario(),
            new FetchSessionScenario(),
            new TopicScenario(),
            new ConfigScenario(),
            new BrokerConfigScenario(),
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
            new ShareGroupScenario());

    /** APIs that have tests of their own and no scenario here yet. */
    static final Set<ApiKeys> LEFT_OUT = Set.of(
            ApiKeys.SASL_HANDSHAKE,
            ApiKeys.SASL_AUTHENTICATE,
            ApiKeys.DESCRIBE_ACLS,
            ApiKeys.CREATE_ACLS,
            ApiKeys.DELETE_ACLS);

    private Script() {}
}
