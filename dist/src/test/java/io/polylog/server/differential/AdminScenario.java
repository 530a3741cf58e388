package io.polylog.server.differential;

import java.util.List;
import org.apache.kafka.common.config.ConfigResource.Type;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.protocol.ApiKeys;

/** Upkeep of a cluster, most of which a single node has nothing to do for. */
final class AdminScenario implements Scenario {

    private static final String FEATURES = "group.version";

    @Override
    public void run(Play play) {
        Setting.topic(play, "kept", 2);
        Setting.records(play, "kept", 3);
        play.everyVersion(ApiKeys.DESCRIBE_LOG_DIRS, version -> describesDirectories(play, version));
        play.everyVersion(ApiKeys.DESCRIBE_QUORUM, version -> describesTheQuorum(play, version));
        play.everyVersion(ApiKeys.ELECT_LEADERS, version -> electsLeaders(play, version));
        play.everyVersion(ApiKeys.ALTER_PARTITION_REASSIGNMENTS, version -> movesPartitions(play, version));
        play.everyVersion(ApiKeys.UPDATE_FEATURES, version -> updatesFeatures(play, version));
        play.everyVersion(ApiKeys.LIST_CONFIG_RESOURCES, version -> listsResources(play, version));
        play.everyVersion(
                ApiKeys.UNREGISTER_BROKER,
                version -> play.ask(
                        "a broker that is not there",
                        ApiKeys.UNREGISTER_BROKER,
                        version,
                        new UnregisterBrokerRequestData().setBrokerId(55)));
    }

    private static void describesDirectories(Play play, int version) {
        directories(play, "of a topic", version, "kept", 0, 1);
        directories(play, "of a partition that is not there", version, "kept", 9);
        directories(play, "of a topic that is not there", version, "nowhere", 0);
    }

    private static void directories(Play play, String step, int version, String topic, Integer... partitions) {
        DescribeLogDirsRequestData request = new DescribeLogDirsRequestData();
        request.topics().add(new DescribableLogDirTopic().setTopic(topic).setPartitions(List.of(partitions)));
        play.ask(step, ApiKeys.DESCRIBE_LOG_DIRS, version, request);
    }

    private static void describesTheQuorum(Play play, int version) {
        play.ask("of metadata", ApiKeys.DESCRIBE_QUORUM, version, quorum("__cluster_metadata"));
        play.ask("of a topic", ApiKeys.DESCRIBE_QUORUM, version, quorum("kept"));
    }

    private static DescribeQuorumRequestData quorum(String topic) {
        return new DescribeQuorumRequestData()
                .setTopics(List.of(new DescribeQuorumRequestData.TopicData()
                        .setTopicName(topic)
                        .setPartitions(List.of(new DescribeQuorumRequestData.PartitionData().setPartitionIndex(0)))));
    }

    private static void electsLeaders(Play play, int version) {
        elect(play, "of partitions that have one", version, "kept", 0, 1);
        elect(play, "of a partition that is not there", version, "kept", 7);
        elect(play, "of a topic that is not there", version, "nowhere", 0);
        ElectLeadersRequestData all =
                new ElectLeadersRequestData().setTopicPartitions(null).setTimeoutMs(5_000);
        play.ask("of all", ApiKeys.ELECT_LEADERS, version, all);
        if (version >= 1) {
            play.ask(
                    "unclean",
                    ApiKeys.ELECT_LEADERS,
                    version,
                    election("kept", 0).setElectionType((byte) 1));
            play.ask(
                    "of an unknown type",
                    ApiKeys.ELECT_LEADERS,
                    version,
                    election("kept", 0).setElectionType((byte) 7));
        }
    }

    private static void elect(Play play, String step, int version, String topic, Integer... partitions) {
        play.ask(step, ApiKeys.ELECT_LEADERS, version, election(topic, partitions));
    }

    private static ElectLeadersRequestData election(String topic, Integer... partitions) {
        ElectLeadersRequestData request = new ElectLeadersRequestData().setTimeoutMs(5_000);
        request.topicPartitions().add(new TopicPartitions().setTopic(topic).setPartitions(List.of(partitions)));
        return request;
    }

    private static void movesPartitions(Play play, int version) {
        move(play, "to where it is", version, "kept", 0, List.of(0));
        move(play, "to a broker that is not there", version, "kept", 0, List.of(4));
        move(play, "to no broker", version, "kept", 0, List.of());
        move(play, "to one broker twice", version, "kept", 0, List.of(0, 0));
        move(play, "cancelled", version, "kept", 0, null);
        move(play, "of a partition that is not there", version, "kept", 8, List.of(0));
        move(play, "of a topic that is not there", version, "nowhere", 0, List.of(0));
    }

    private static void move(Play play, String step, int version, String topic, int partition, List<Integer> to) {
        play.ask(
                step,
                ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
                version,
                new AlterPartitionReassignmentsRequestData()
                        .setTopics(List.of(new ReassignableTopic()
                                .setName(topic)
                                .setPartitions(List.of(new ReassignablePartition()
                                        .setPartitionIndex(partition)
                                        .setReplicas(to))))));
    }

    private static void updatesFeatures(Play play, int version) {
        update(play, "to the present level", version, FEATURES, 1);
        update(play, "beyond what is known", version, FEATURES, 9);
        update(play, "that are unknown", version, "flight.version", 1);
        play.ask("of none", ApiKeys.UPDATE_FEATURES, version, new UpdateFeaturesRequestData());
    }

    private static void update(Play play, String step, int version, String feature, int level) {
        UpdateFeaturesRequestData request = new UpdateFeaturesRequestData();
        request.featureUpdates().add(new FeatureUpdateKey().setFeature(feature).setMaxVersionLevel((short) level));
        play.ask(step, ApiKeys.UPDATE_FEATURES, version, request);
    }

    private static void listsResources(Play play, int version) {
        if (version == 0) {
            play.ask("of client metrics", ApiKeys.LIST_CONFIG_RESOURCES, version, new ListConfigResourcesRequestData());
            return;
        }
        for (Type type : List.of(Type.BROKER, Type.BROKER_LOGGER, Type.CLIENT_METRICS, Type.GROUP, Type.UNKNOWN)) {
            play.ask(
                    "of type " + type,
                    ApiKeys.LIST_CONFIG_RESOURCES,
                    version,
                    new ListConfigResourcesRequestData().setResourceTypes(List.of(type.id())));
        }
    }
}
