package io.polylog.server.differential;

import static org.apache.kafka.common.protocol.ApiKeys.ALTER_CLIENT_QUOTAS;
import static org.apache.kafka.common.protocol.ApiKeys.ALTER_PARTITION_REASSIGNMENTS;
import static org.apache.kafka.common.protocol.ApiKeys.ALTER_USER_SCRAM_CREDENTIALS;
import static org.apache.kafka.common.protocol.ApiKeys.API_VERSIONS;
import static org.apache.kafka.common.protocol.ApiKeys.CREATE_ACLS;
import static org.apache.kafka.common.protocol.ApiKeys.CREATE_PARTITIONS;
import static org.apache.kafka.common.protocol.ApiKeys.CREATE_TOPICS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_QUORUM;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS;
import static org.apache.kafka.common.protocol.ApiKeys.ELECT_LEADERS;
import static org.apache.kafka.common.protocol.ApiKeys.FIND_COORDINATOR;
import static org.apache.kafka.common.protocol.ApiKeys.GET_TELEMETRY_SUBSCRIPTIONS;
import static org.apache.kafka.common.protocol.ApiKeys.INCREMENTAL_ALTER_CONFIGS;
import static org.apache.kafka.common.protocol.ApiKeys.PRODUCE;
import static org.apache.kafka.common.protocol.ApiKeys.SASL_AUTHENTICATE;
import static org.apache.kafka.common.protocol.ApiKeys.SHARE_ACKNOWLEDGE;
import static org.apache.kafka.common.protocol.ApiKeys.SHARE_FETCH;
import static org.apache.kafka.common.protocol.ApiKeys.SHARE_GROUP_HEARTBEAT;
import static org.apache.kafka.common.protocol.ApiKeys.TXN_OFFSET_COMMIT;
import static org.apache.kafka.common.protocol.ApiKeys.WRITE_TXN_MARKERS;

import java.util.List;

/** Every way in which the gateway answers otherwise than Apache Kafka, and why. The page for users is made from it. */
final class AcceptedDifferences {

    static final List<Accepted> ALL = List.of(
            Accepted.in(
                            API_VERSIONS,
                            "/apiKeys\\[(34|38|39|40|41|80|81|83|84|85|86|87|93|94)(#[0-9]+)?\\]",
                            "AlterReplicaLogDirs, delegation tokens, raft voters, share state, topology descriptions, controllers",
                            "not offered",
                            "There is one directory, one node and no controller of its own; the state of share groups is kept in"
                                    + " their ledgers. Clients look at what is offered before they ask.")
                    .at("what there is"),
            Accepted.in(
                            API_VERSIONS,
                            "/(supported|finalized)Features(Epoch|\\[(eligible.leader.replicas|kraft).version\\])",
                            "eligible.leader.replicas.version, kraft.version; an epoch that counts metadata records",
                            "neither; epoch 0",
                            "Both are about several replicas; the features here never change.")
                    .at("what there is"),
            Accepted.in(
                    List.of(
                            PRODUCE,
                            CREATE_PARTITIONS,
                            DESCRIBE_CONFIGS,
                            INCREMENTAL_ALTER_CONFIGS,
                            ALTER_PARTITION_REASSIGNMENTS,
                            SHARE_GROUP_HEARTBEAT,
                            SHARE_FETCH,
                            SHARE_ACKNOWLEDGE),
                    "/(.*/)?(errorMessage|acknowledgeErrorMessage)",
                    "no text for some errors",
                    "a sentence",
                    "The error codes are the same; a sentence helps whoever reads the log of a client."),
            Accepted.in(
                    List.of(FIND_COORDINATOR),
                    "/.*errorMessage",
                    "\"NONE\" or empty text where nothing is wrong",
                    "no text",
                    "No client reads it when the error code is 0."),
            Accepted.in(
                            ELECT_LEADERS,
                            "/replicaElectionResults.*",
                            "all topics without partitions, where no partition got another leader",
                            "no topics",
                            "Both mean the same.")
                    .at("of all"),
            Accepted.in(
                            ELECT_LEADERS,
                            "/.*/errorMessage",
                            "a sentence for each partition",
                            "the error code alone",
                            "The error code is the same; no client sends such a request.")
                    .at("of an unknown type"),
            Accepted.in(
                            DESCRIBE_QUORUM,
                            "/.*/(logEndOffset|highWatermark|leaderEpoch)",
                            "positions in its metadata log, and an epoch",
                            "0",
                            "The gateway's journal holds all there is, not metadata alone, and its positions are no offsets.")
                    .at("of metadata"),
            Accepted.in(
                    List.of(CREATE_TOPICS, DESCRIBE_CONFIGS),
                    "/.*/configs\\[polylog\\..*\\]",
                    "not there",
                    "settings of topics whose names begin with polylog.",
                    "What the gateway's topics can do beyond Kafka's."),
            Accepted.in(
                    List.of(CREATE_TOPICS, DESCRIBE_CONFIGS),
                    "/.*/configs\\[min.insync.replicas\\]/.*",
                    "the source is a dynamic default of the cluster",
                    "the source is the default",
                    "Kafka sets it when eligible leader replicas are switched on. The value is 1 in both."),
            Accepted.in(
                    List.of(CREATE_TOPICS, DESCRIBE_CONFIGS),
                    "/.*/configs\\[(log\\.)?segment.bytes\\]/(synonyms\\[log.segment.bytes\\]/)?value",
                    "1 GiB",
                    "128 MiB",
                    "Old records go sooner, and are found faster after a crash."),
            Accepted.in(
                    DESCRIBE_CONFIGS,
                    "/.*/configs\\[log.cleaner.(dedupe.buffer.size|io.max.bytes.per.second)\\]/.*value",
                    "128 MiB of memory for compaction, and no limit to its pace",
                    "16 MiB, and 64 MiB a second",
                    "A small machine has other work to do; both can be changed while it runs."),
            Accepted.in(
                    DESCRIBE_CONFIGS,
                    "/.*/configs\\[share.heartbeat.interval.ms\\]/.*value",
                    "members of share groups beat every five seconds",
                    "every second, and no group may be told less than that",
                    "A member gets its partitions with a later heartbeat than the one it joins by."),
            Accepted.in(
                    GET_TELEMETRY_SUBSCRIPTIONS,
                    "/deltaTemporality",
                    "true: clients push what has been added since the last push",
                    "false: they push their sums",
                    "What is lost on the way is in the next push, and Prometheus wants sums."),
            Accepted.in(
                    DESCRIBE_CONFIGS,
                    "/.*/configs\\[max.connections\\]/.*value",
                    "2147483647 connections",
                    "20,000",
                    "A small machine has no memory for more. Any beyond it are closed at once, where Kafka lets them wait."),
            Accepted.in(
                            INCREMENTAL_ALTER_CONFIGS,
                            "/.*/error(Code|Message)",
                            "takes settings of the broker for threads, buffers, plug-ins, remote storage, and any that it does"
                                    + " not know",
                            "INVALID_REQUEST with a sentence",
                            "There is nothing here that they could change, and what is taken should count.")
                    .at(".* that counts for nothing here"),
            Accepted.in(
                            CREATE_ACLS,
                            "/results.*",
                            "UNKNOWN_SERVER_ERROR",
                            "INVALID_REQUEST with a sentence",
                            "Both refuse entries that say any or match, which only filters may.")
                    .at("of any operation|that may or may not|of a match"),
            Accepted.in(
                            SASL_AUTHENTICATE,
                            "",
                            "the connection is closed",
                            "ILLEGAL_SASL_STATE, and the connection is closed",
                            "Whoever reads it knows what was wrong.")
                    .at("of a token without a handshake"),
            Accepted.in(
                            WRITE_TXN_MARKERS,
                            "/.*/errorCode",
                            "UNKNOWN_SERVER_ERROR",
                            "INVALID_PRODUCER_EPOCH",
                            "A marker of a producer that was fenced is refused by both; only brokers send such requests.")
                    .at("from an epoch behind"),
            Accepted.in(
                            TXN_OFFSET_COMMIT,
                            "/.*/errorCode",
                            "none: the id is not looked at once the producer has a transaction in the group",
                            "INVALID_PRODUCER_ID_MAPPING",
                            "Offsets are committed in a transaction of that id or not at all; no client confuses its own id.")
                    .at("under another id"),
            Accepted.in(
                            List.of(SHARE_FETCH, SHARE_ACKNOWLEDGE),
                            "/.*/(acknowledgeE|e)rrorCode",
                            "none, where the group has moved on from the records",
                            "INVALID_RECORD_STATE",
                            "Who settles a record twice hears that the second time changed nothing.")
                    .at("accepting (them )?once more"),
            Accepted.in(
                            List.of(SHARE_FETCH, SHARE_ACKNOWLEDGE),
                            "/(errorCode|acquisitionLockTimeoutMs|responses\\[#0\\])",
                            "UNKNOWN_SERVER_ERROR for the whole, where there is an authorizer",
                            "UNKNOWN_TOPIC_ID for the partition",
                            "The rest of the request is worked on, as Kafka does without an authorizer.")
                    .at("(from|of) a topic that is not there"),
            Accepted.in(
                            SHARE_ACKNOWLEDGE,
                            "/.*/errorCode",
                            "INVALID_REQUEST",
                            "INVALID_RECORD_STATE",
                            "Records that nobody has acquired are refused alike, wherever they would lie.")
                    .at("what nobody has"),
            Accepted.in(
                            List.of(SHARE_FETCH, SHARE_ACKNOWLEDGE),
                            "/(errorCode|acquisitionLockTimeoutMs)",
                            "a group without a name is one like others",
                            "INVALID_GROUP_ID",
                            "Nobody can be a member of it in either.")
                    .at("in no group"),
            Accepted.in(
                            DESCRIBE_SHARE_GROUP_OFFSETS,
                            "/.*/(startOffset|lag)",
                            "-1 until a member has fetched",
                            "where the group will begin",
                            "A ledger is there from the moment on that the group has a member.")
                    .at("of (a group that has read nothing|all topics)"),
            Accepted.in(
                            DESCRIBE_SHARE_GROUP_OFFSETS,
                            ".*",
                            "the connection is closed, or UNKNOWN_SERVER_ERROR",
                            "an answer with an error for the partition, or INVALID_GROUP_ID for the group",
                            "Kafka fails over such a request.")
                    .at("of a (partition that is not there|group without a name)"),
            Accepted.in(
                            ALTER_CLIENT_QUOTAS,
                            "/entries.*",
                            "the last of two names of a kind counts",
                            "INVALID_REQUEST",
                            "Nobody can be two users; a request that says so is a mistake.")
                    .at("of a user twice"),
            Accepted.in(
                            ALTER_USER_SCRAM_CREDENTIALS,
                            "/.*/errorCode",
                            "DUPLICATE_RESOURCE",
                            "UNACCEPTABLE_CREDENTIAL",
                            "Both give the user nothing; one of the two credentials has too few iterations.")
                    .at("given, one of them with too few rounds"),
            Accepted.in(
                            CREATE_TOPICS,
                            "/topics\\[dry\\]/topicId",
                            "an id, which no topic will have",
                            "no id",
                            "Nothing was created that could have one.")
                    .at("validated only"));

    private AcceptedDifferences() {}

    static boolean explain(Difference difference) {
        return ALL.stream().anyMatch(known -> known.covers(difference));
    }
}
