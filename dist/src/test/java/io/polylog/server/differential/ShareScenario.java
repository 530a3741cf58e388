package io.polylog.server.differential;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData.AcknowledgePartition;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData.AcknowledgeTopic;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData.AcknowledgementBatch;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareFetchRequestData.FetchPartition;
import org.apache.kafka.common.message.ShareFetchRequestData.FetchTopic;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** Share sessions (KIP-932): ShareFetch and ShareAcknowledge. */
final class ShareScenario implements Scenario {

    private static final Uuid NOBODYS = new Uuid(4, 2);
    private static final String MEMBER = "TLqtCGZ0RgiZBFdnYGXnYg";
    private static final String BEGINNING = "share.auto.offset.reset";
    private static final String HEARTBEAT = "share.heartbeat.interval.ms";
    private static final int HEARTBEAT_MS = 5_001;
    private static final byte ACCEPT = 1;
    private static final byte RELEASE = 2;
    private static final byte REJECT = 3;

    @Override
    public void run(Play play) {
        GroupScenario.awaitCoordinators(play);
        play.everyVersion(ApiKeys.SHARE_FETCH, version -> fetches(play, version));
        play.everyVersion(ApiKeys.SHARE_FETCH, version -> releases(play, version));
        play.everyVersion(ApiKeys.SHARE_ACKNOWLEDGE, version -> acknowledges(play, version));
    }

    /** A group with one member that reads from the start of a topic with records. */
    static void member(Play play, String group, String topic, int records) {
        Setting.topic(play, topic, 1);
        Setting.records(play, topic, records);
        // One that begins before it hears of it begins at the end.
        configure(play, group, topic, BEGINNING, "earliest", HEARTBEAT_MS);
    }

    /**
     * Joins anew until the group goes by the setting: Kafka's groups hear of it a moment after its DescribeConfigs tells it.
     *
     * @param heartbeatMs a setting of which they tell in their answers, to be another one each time
     */
    static void configure(Play play, String group, String topic, String name, String value, int heartbeatMs) {
        play.prepare(
                ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                1,
                side -> settings(group, name, value, heartbeatMs),
                answer -> true);
        play.prepare(
                ApiKeys.SHARE_GROUP_HEARTBEAT,
                1,
                side -> beat(group, 0, topic),
                answer -> isAssigned(answer)
                        && ((ShareGroupHeartbeatResponseData) answer).heartbeatIntervalMs() == heartbeatMs);
    }

    static void join(Play play, String group, String topic) {
        play.prepare(ApiKeys.SHARE_GROUP_HEARTBEAT, 1, side -> beat(group, 0, topic), ShareScenario::isAssigned);
    }

    private static boolean isAssigned(ApiMessage answer) {
        var assignment = ((ShareGroupHeartbeatResponseData) answer).assignment();
        return assignment != null && !assignment.topicPartitions().isEmpty();
    }

    static ShareGroupHeartbeatRequestData beat(String group, int epoch, String topic) {
        return new ShareGroupHeartbeatRequestData()
                .setGroupId(group)
                .setMemberId(MEMBER)
                .setMemberEpoch(epoch)
                .setSubscribedTopicNames(List.of(topic));
    }

    private static IncrementalAlterConfigsRequestData settings(
            String group, String name, String value, int heartbeatMs) {
        AlterConfigsResource resource = new AlterConfigsResource()
                .setResourceType(ConfigResource.Type.GROUP.id())
                .setResourceName(group);
        resource.configs().add(new AlterableConfig().setName(name).setValue(value));
        resource.configs().add(new AlterableConfig().setName(HEARTBEAT).setValue(String.valueOf(heartbeatMs)));
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        request.resources().add(resource);
        return request;
    }

    static ShareFetchRequestData fetch(String group, int epoch) {
        return new ShareFetchRequestData()
                .setGroupId(group)
                .setMemberId(MEMBER)
                .setShareSessionEpoch(epoch)
                .setMaxWaitMs(500)
                .setMinBytes(1)
                .setMaxBytes(1 << 20)
                .setMaxRecords(100)
                .setBatchSize(100);
    }

    /** For what comes after a while: the wait ends with the first record. */
    static ShareFetchRequestData patient(ShareFetchRequestData request) {
        return request.setMaxWaitMs(10_000);
    }

    private static ShareFetchRequestData with(ShareFetchRequestData request, Uuid topic, FetchPartition partition) {
        FetchTopic named = new FetchTopic().setTopicId(topic);
        named.partitions().add(partition);
        request.topics().add(named);
        return request;
    }

    private static FetchPartition partition(int index) {
        return new FetchPartition().setPartitionIndex(index);
    }

    private static FetchPartition settled(long first, long last, byte type) {
        return partition(0)
                .setAcknowledgementBatches(List.of(new ShareFetchRequestData.AcknowledgementBatch()
                        .setFirstOffset(first)
                        .setLastOffset(last)
                        .setAcknowledgeTypes(List.of(type))));
    }

    /** Opens a session and takes all records, as soon as the partition's state is loaded. */
    static void open(Play play, String group, String topic) {
        play.prepare(
                ApiKeys.SHARE_FETCH,
                1,
                side -> with(patient(fetch(group, 0)), side.topicId(topic), partition(0)),
                ShareScenario::handsOut);
    }

    private static boolean handsOut(ApiMessage answer) {
        return ((ShareFetchResponseData) answer)
                .responses().stream()
                        .flatMap(one -> one.partitions().stream())
                        .anyMatch(one -> !one.acquiredRecords().isEmpty());
    }

    private static void fetches(Play play, int version) {
        ApiKeys key = ApiKeys.SHARE_FETCH;
        String group = "sharing-" + version;
        String topic = "shared-" + version;
        member(play, group, topic, 6);
        play.ask("without a session", key, version, fetch(group, 3));
        open(play, group, topic);
        play.ask("out of turn", key, version, fetch(group, 7));
        play.ask(
                "accepting some",
                key,
                version,
                side -> with(fetch(group, 1), side.topicId(topic), settled(0, 1, ACCEPT)));
        play.ask(
                "accepting them once more",
                key,
                version,
                side -> with(fetch(group, 2), side.topicId(topic), settled(0, 1, ACCEPT)));
        play.ask(
                "rejecting one",
                key,
                version,
                side -> with(fetch(group, 3), side.topicId(topic), settled(3, 3, REJECT)));
        play.ask(
                "saying what is nothing",
                key,
                version,
                side -> with(fetch(group, 4), side.topicId(topic), settled(4, 4, (byte) 9)));
        play.ask("from a topic that is not there", key, version, side -> with(fetch(group, 5), NOBODYS, partition(0)));
        play.ask(
                "from a partition that is not there",
                key,
                version,
                side -> with(fetch(group + "-other", 0), side.topicId(topic), partition(7)));
        play.ask("in no group", key, version, fetch("", 0));
        play.ask("as nobody", key, version, fetch(group, 0).setMemberId(""));
        play.ask(
                "accepting before there is a session",
                key,
                version,
                side -> with(
                        fetch(group, 0).setMemberId("4LqtCGZ0RgiZBFdnYGXnYg"),
                        side.topicId(topic),
                        settled(0, 0, ACCEPT)));
        play.ask("ending it", key, version, fetch(group, -1));
        play.ask("after its end", key, version, fetch(group, 6));
    }

    /** By itself and until it comes: what Kafka has released it hands out once that is written, however long that takes. */
    private static void releases(Play play, int version) {
        String group = "releasing-" + version;
        String topic = "released-" + version;
        member(play, group, topic, 3);
        open(play, group, topic);
        play.ask(
                "releasing one",
                ApiKeys.SHARE_ACKNOWLEDGE,
                version,
                side -> acknowledgement(side, group, 1, topic, 1, 1, RELEASE));
        play.askUntil(
                "which comes again",
                ApiKeys.SHARE_FETCH,
                version,
                asked -> patient(fetch(group, 2 + asked)),
                ShareScenario::handsOut);
    }

    private static void acknowledges(Play play, int version) {
        ApiKeys key = ApiKeys.SHARE_ACKNOWLEDGE;
        String group = "settling-" + version;
        String topic = "settled-" + version;
        member(play, group, topic, 5);
        play.ask("without a session", key, version, side -> acknowledgement(side, group, 1, topic, 0, 0, ACCEPT));
        open(play, group, topic);
        play.ask("out of turn", key, version, side -> acknowledgement(side, group, 9, topic, 0, 0, ACCEPT));
        play.ask("accepting", key, version, side -> acknowledgement(side, group, 1, topic, 0, 1, ACCEPT));
        play.ask("accepting once more", key, version, side -> acknowledgement(side, group, 2, topic, 0, 1, ACCEPT));
        play.ask("rejecting", key, version, side -> acknowledgement(side, group, 3, topic, 2, 2, REJECT));
        play.ask("what nobody has", key, version, side -> acknowledgement(side, group, 4, topic, 77, 78, ACCEPT));
        play.ask("backwards", key, version, side -> acknowledgement(side, group, 5, topic, 4, 3, ACCEPT));
        play.ask(
                "saying what is nothing", key, version, side -> acknowledgement(side, group, 6, topic, 3, 3, (byte) 8));
        play.ask(
                "of a topic that is not there",
                key,
                version,
                side -> acknowledgement(side, group, 7, "no", 3, 3, ACCEPT));
        play.ask("with the first epoch", key, version, side -> acknowledgement(side, group, 0, topic, 3, 3, ACCEPT));
        play.ask("in no group", key, version, side -> acknowledgement(side, "", 8, topic, 3, 3, ACCEPT));
        if (version >= 2) {
            play.ask(
                    "renewing unannounced",
                    key,
                    version,
                    side -> acknowledgement(side, group, 8, topic, 3, 3, (byte) 4));
            play.ask(
                    "renewing",
                    key,
                    version,
                    side -> acknowledgement(side, group, 9, topic, 3, 3, (byte) 4)
                            .setIsRenewAck(true));
        }
        play.ask("ending it", key, version, side -> acknowledgement(side, group, -1, topic, 3, 3, ACCEPT));
        play.ask("after its end", key, version, side -> acknowledgement(side, group, 10, topic, 4, 4, ACCEPT));
    }

    private static ShareAcknowledgeRequestData acknowledgement(
            Side side, String group, int epoch, String topic, long first, long last, byte type) {
        AcknowledgePartition partition = new AcknowledgePartition()
                .setPartitionIndex(0)
                .setAcknowledgementBatches(List.of(new AcknowledgementBatch()
                        .setFirstOffset(first)
                        .setLastOffset(last)
                        .setAcknowledgeTypes(List.of(type))));
        AcknowledgeTopic named = new AcknowledgeTopic().setTopicId(topic.equals("no") ? NOBODYS : side.topicId(topic));
        named.partitions().add(partition);
        ShareAcknowledgeRequestData request = new ShareAcknowledgeRequestData()
                .setGroupId(group)
                .setMemberId(MEMBER)
                .setShareSessionEpoch(epoch);
        request.topics().add(named);
        return request;
    }
}
