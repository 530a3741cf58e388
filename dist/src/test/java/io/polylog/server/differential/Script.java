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
            new AdminScenario());

    /** APIs that have tests of their own and no scenario here yet. */
    static final Set<ApiKeys> LEFT_OUT = Set.of(
            ApiKeys.SASL_HANDSHAKE,
            ApiKeys.SASL_AUTHENTICATE,
            ApiKeys.ADD_PARTITIONS_TO_TXN,
            ApiKeys.ADD_OFFSETS_TO_TXN,
            ApiKeys.END_TXN,
            ApiKeys.WRITE_TXN_MARKERS,
            ApiKeys.TXN_OFFSET_COMMIT,
            ApiKeys.DESCRIBE_PRODUCERS,
            ApiKeys.DESCRIBE_TRANSACTIONS,
            ApiKeys.LIST_TRANSACTIONS,
            ApiKeys.DESCRIBE_ACLS,
            ApiKeys.CREATE_ACLS,
            ApiKeys.DELETE_ACLS,
            ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS,
            ApiKeys.ALTER_USER_SCRAM_CREDENTIALS,
            ApiKeys.SHARE_GROUP_HEARTBEAT,
            ApiKeys.SHARE_GROUP_DESCRIBE,
            ApiKeys.SHARE_FETCH,
            ApiKeys.SHARE_ACKNOWLEDGE,
            ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS,
            ApiKeys.ALTER_SHARE_GROUP_OFFSETS,
            ApiKeys.DELETE_SHARE_GROUP_OFFSETS);

    private Script() {}
}
