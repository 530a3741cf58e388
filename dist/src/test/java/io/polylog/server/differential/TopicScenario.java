package io.polylog.server.differential;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.protocol.ApiKeys;

/** The life of topics: CreateTopics, CreatePartitions, DeleteTopics, Metadata, DescribeTopicPartitions. */
final class TopicScenario implements Scenario {

    private static final Uuid NOBODYS = new Uuid(4, 2);

    @Override
    public void run(Play play) {
        Setting.topic(play, "topic", 3);
        play.everyVersion(ApiKeys.CREATE_TOPICS, version -> creates(play, version));
        play.everyVersion(ApiKeys.CREATE_PARTITIONS, version -> grows(play, version));
        play.everyVersion(ApiKeys.METADATA, version -> looksUp(play, version));
        play.everyVersion(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, version -> describes(play, version));
        play.everyVersion(ApiKeys.DELETE_TOPICS, version -> deletes(play, version));
    }

    private static void creates(Play play, int version) {
        create(play, "one", version, topic("created-" + version));
        create(play, "one that is there", version, topic("topic"));
        create(play, "with a bad name", version, topic("a b"));
        create(play, "with a name that collides", version, topic("colliding.name"), topic("colliding_name"));
        create(play, "with no name", version, topic(""));
        create(play, "with no partitions", version, topic("none").setNumPartitions(0));
        create(play, "with too many replicas", version, topic("none").setReplicationFactor((short) 3));
        create(play, "with no replicas", version, topic("none").setReplicationFactor((short) 0));
        create(play, "twice in a request", version, topic("twice"), topic("twice"));
        create(
                play,
                "with defaults",
                version,
                topic("defaults-" + version).setNumPartitions(-1).setReplicationFactor((short) -1));
        create(play, "with settings", version, configured("set-" + version, "retention.ms", "1234"));
        create(play, "with an unknown setting", version, configured("none", "no.such.key", "1"));
        create(play, "with a bad setting", version, configured("none", "retention.ms", "soon"));
        create(play, "with a setting out of range", version, configured("none", "retention.ms", "-7"));
        create(play, "with a null setting", version, configured("none", "retention.ms", null));
        create(play, "with assignments", version, assigned("assigned-" + version, 0));
        create(play, "with assignments to a broker that is not there", version, assigned("none", 8));
        create(
                play,
                "with both assignments and a count",
                version,
                assigned("none", 0).setNumPartitions(2));
        CreateTopicsRequestData dry = creation(topic("dry")).setValidateOnly(true);
        play.ask("validated only", ApiKeys.CREATE_TOPICS, version, dry);
        play.ask("nothing", ApiKeys.CREATE_TOPICS, version, creation());
    }

    private static void create(Play play, String step, int version, CreatableTopic... topics) {
        play.ask(step, ApiKeys.CREATE_TOPICS, version, creation(topics));
    }

    private static CreateTopicsRequestData creation(CreatableTopic... topics) {
        CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(10_000);
        for (CreatableTopic topic : topics) {
            request.topics().mustAdd(topic.duplicate());
        }
        return request;
    }

    private static CreatableTopic topic(String name) {
        return new CreatableTopic().setName(name).setNumPartitions(2).setReplicationFactor((short) 1);
    }

    private static CreatableTopic configured(String name, String key, String value) {
        CreatableTopic topic = topic(name);
        topic.configs().add(new CreatableTopicConfig().setName(key).setValue(value));
        return topic;
    }

    private static CreatableTopic assigned(String name, int broker) {
        CreatableTopic topic = topic(name).setNumPartitions(-1).setReplicationFactor((short) -1);
        topic.assignments()
                .add(new CreatableReplicaAssignment().setPartitionIndex(0).setBrokerIds(List.of(broker)));
        return topic;
    }

    private static void grows(Play play, int version) {
        String name = "grown-" + version;
        Setting.topic(play, name, 1);
        grow(play, "to more", version, name, 3, false, null);
        grow(play, "to the same", version, name, 3, false, null);
        grow(play, "to fewer", version, name, 1, false, null);
        grow(play, "to none", version, name, 0, false, null);
        grow(play, "validated only", version, name, 4, true, null);
        grow(play, "with an assignment", version, name, 4, false, List.of(0));
        grow(play, "with an assignment to a broker that is not there", version, name, 5, false, List.of(9));
        grow(play, "with too few assignments", version, name, 9, false, List.of(0));
        grow(play, "a topic that is not there", version, "nowhere", 2, false, null);
    }

    private static void grow(
            Play play, String step, int version, String topic, int count, boolean dry, List<Integer> assigned) {
        CreatePartitionsTopic grown = new CreatePartitionsTopic().setName(topic).setCount(count);
        grown.setAssignments(
                assigned == null ? null : List.of(new CreatePartitionsAssignment().setBrokerIds(assigned)));
        CreatePartitionsRequestData request =
                new CreatePartitionsRequestData().setTimeoutMs(10_000).setValidateOnly(dry);
        request.topics().add(grown);
        play.ask(step, ApiKeys.CREATE_PARTITIONS, version, request);
    }

    private static void looksUp(Play play, int version) {
        metadata(play, "a topic", version, "topic", "nowhere");
        metadata(play, "a bad name", version, "a b");
        play.ask("no topics", ApiKeys.METADATA, version, request(version, version == 0 ? "topic" : ""));
        if (version >= 8) {
            play.ask(
                    "what one may",
                    ApiKeys.METADATA,
                    version,
                    request(version, "topic")
                            .setIncludeTopicAuthorizedOperations(true)
                            .setIncludeClusterAuthorizedOperations(version <= 10));
        }
        if (version >= 10) {
            play.ask("by id", ApiKeys.METADATA, version, side -> byId(side.topicId("topic")));
            play.ask("by an id that is not there", ApiKeys.METADATA, version, side -> byId(NOBODYS));
        }
    }

    private static void metadata(Play play, String step, int version, String... names) {
        play.ask(step, ApiKeys.METADATA, version, request(version, names));
    }

    private static MetadataRequestData request(int version, String... names) {
        List<MetadataRequestTopic> topics = new ArrayList<>();
        for (String name : names) {
            if (!name.isEmpty()) {
                topics.add(new MetadataRequestTopic().setName(name));
            }
        }
        MetadataRequestData request = new MetadataRequestData().setTopics(topics);
        return version >= 4 ? request.setAllowAutoTopicCreation(false) : request.setTopics(known(topics));
    }

    /** Before version 4 asking creates what is not there. */
    private static List<MetadataRequestTopic> known(List<MetadataRequestTopic> topics) {
        topics.removeIf(topic -> topic.name().equals("nowhere"));
        return topics;
    }

    private static MetadataRequestData byId(Uuid id) {
        return new MetadataRequestData()
                .setAllowAutoTopicCreation(false)
                .setTopics(List.of(new MetadataRequestTopic().setName(null).setTopicId(id)));
    }

    private static void describes(Play play, int version) {
        DescribeTopicPartitionsRequestData both = new DescribeTopicPartitionsRequestData()
                .setTopics(List.of(new TopicRequest().setName("topic"), new TopicRequest().setName("nowhere")));
        play.ask("topics", ApiKeys.DESCRIBE_TOPIC_PARTITIONS, version, both);
        DescribeTopicPartitionsRequestData page = new DescribeTopicPartitionsRequestData()
                .setTopics(List.of(new TopicRequest().setName("topic")))
                .setResponsePartitionLimit(2);
        play.ask("a page", ApiKeys.DESCRIBE_TOPIC_PARTITIONS, version, page);
        play.ask(
                "the next page",
                ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
                version,
                page.duplicate().setCursor(new Cursor().setTopicName("topic").setPartitionIndex(2)));
    }

    private static void deletes(Play play, int version) {
        String name = "deleted-" + version;
        Setting.topic(play, name, 1);
        play.ask("one", ApiKeys.DELETE_TOPICS, version, deletion(version, name));
        play.ask("one that is not there", ApiKeys.DELETE_TOPICS, version, deletion(version, "nowhere"));
        play.ask("nothing", ApiKeys.DELETE_TOPICS, version, deletion(version));
        if (version >= 6) {
            String other = "deleted-by-id-" + version;
            Setting.topic(play, other, 1);
            play.ask("by id", ApiKeys.DELETE_TOPICS, version, side -> deletion(side.topicId(other)));
            play.ask("by an id that is not there", ApiKeys.DELETE_TOPICS, version, deletion(NOBODYS));
        }
    }

    private static DeleteTopicsRequestData deletion(int version, String... names) {
        DeleteTopicsRequestData request = new DeleteTopicsRequestData().setTimeoutMs(10_000);
        return version < 6
                ? request.setTopicNames(List.of(names))
                : request.setTopics(List.of(names).stream()
                        .map(name -> new DeleteTopicState().setName(name))
                        .toList());
    }

    private static DeleteTopicsRequestData deletion(Uuid id) {
        return new DeleteTopicsRequestData()
                .setTimeoutMs(10_000)
                .setTopics(List.of(new DeleteTopicState().setName(null).setTopicId(id)));
    }
}
