package io.polylog.server.differential;

import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** Fetch sessions (KIP-227): what is told once, what again, and how sessions end. */
final class FetchSessionScenario implements Scenario {

    private static final int IDS = 13;
    private static final String GONE = "session-gone";

    @Override
    public void run(Play play) {
        for (int version = 7; version <= ApiKeys.FETCH.latestVersion(); version++) {
            String topic = "session-" + version;
            create(play, topic);
            tellsChanges(play, version, topic);
            takesTurns(play, version, topic);
            ends(play, version, topic);
        }
        outlivesATopic(play, IDS - 1);
        outlivesATopic(play, ApiKeys.FETCH.latestVersion());
    }

    /** Creates a topic and waits until its broker serves it: it hears of topics a moment later than metadata has them. */
    private static void create(Play play, String topic) {
        Setting.topic(play, topic, 3);
        play.prepare(
                ApiKeys.FETCH,
                IDS - 1,
                side -> fetch().setSessionEpoch(-1)
                        .setTopics(List.of(
                                topic(side, topic, IDS - 1, partition(0, 0), partition(1, 0), partition(2, 0)))),
                answer -> ((FetchResponseData) answer)
                        .responses().get(0).partitions().stream()
                                .allMatch(partition -> partition.errorCode() == Errors.NONE.code()));
    }

    /** A request of one session, on each side under its own id. */
    private record Session(Play play, int version, Answers opened) {

        Answers ask(String step, int epoch, Change change) {
            return play.ask(step, ApiKeys.FETCH, version, side -> request(side, epoch, change));
        }

        Answers ask(String step, int epoch) {
            return ask(step, epoch, (side, request) -> {});
        }

        FetchRequestData request(Side side, int epoch, Change change) {
            FetchRequestData request = fetch().setSessionId(
                            opened.of(side, FetchResponseData.class).sessionId())
                    .setSessionEpoch(epoch);
            change.make(side, request);
            return request;
        }
    }

    private interface Change {
        void make(Side side, FetchRequestData request);
    }

    private static FetchRequestData fetch() {
        return new FetchRequestData().setMaxWaitMs(0).setMinBytes(0).setMaxBytes(1 << 20);
    }

    private static FetchTopic topic(Side side, String name, int version, FetchPartition... partitions) {
        FetchTopic topic = new FetchTopic().setPartitions(List.of(partitions));
        return version < IDS ? topic.setTopic(name) : topic.setTopicId(side.topicId(name));
    }

    private static ForgottenTopic forgotten(Side side, String name, int version, Integer... partitions) {
        ForgottenTopic topic = new ForgottenTopic().setPartitions(List.of(partitions));
        return version < IDS ? topic.setTopic(name) : topic.setTopicId(side.topicId(name));
    }

    private static FetchPartition partition(int index, long offset) {
        return new FetchPartition()
                .setPartition(index)
                .setFetchOffset(offset)
                .setCurrentLeaderEpoch(-1)
                .setPartitionMaxBytes(1 << 20);
    }

    private static Session open(Play play, int version, String topic) {
        return new Session(
                play,
                version,
                play.ask(
                        "opening a session",
                        ApiKeys.FETCH,
                        version,
                        side -> fetch().setTopics(List.of(
                                topic(side, topic, version, partition(0, 0), partition(1, 0), partition(9, 0))))));
    }

    private static void tellsChanges(Play play, int version, String topic) {
        Session session = open(play, version, topic);
        session.ask("with nothing new", 1);
        Setting.records(play, topic, 3);
        session.ask("after records came", 2);
        session.ask("with records that were told already", 3);
        session.ask("having read them", 4, moves(topic, version, partition(0, 3)));
        session.ask("with one partition more", 5, moves(topic, version, partition(2, 0)));
        play.prepare(ApiKeys.DELETE_RECORDS, 2, side -> deletion(topic, 2), answer -> true);
        session.ask("after the log start moved", 6);
        session.ask("from beyond the end", 7, moves(topic, version, partition(0, 99)));
        session.ask("still from beyond the end", 8);
        session.ask("back at the end", 9, moves(topic, version, partition(0, 3)));
        session.ask("at the end", 10);
        session.ask(
                "with a partition forgotten",
                11,
                (side, request) -> request.setForgottenTopicsData(List.of(forgotten(side, topic, version, 9, 5))));
        session.ask("read committed", 12, (side, request) -> {
            request.setIsolationLevel((byte) 1).setTopics(List.of(topic(side, topic, version, partition(0, 2))));
        });
        if (version >= 12) {
            session.ask(
                    "with a last fetched epoch from the future",
                    13,
                    moves(topic, version, partition(0, 2).setLastFetchedEpoch(7)));
        }
    }

    private static Change moves(String topic, int version, FetchPartition partition) {
        return (side, request) -> request.setTopics(List.of(topic(side, topic, version, partition)));
    }

    private static DeleteRecordsRequestData deletion(String topic, long offset) {
        return new DeleteRecordsRequestData()
                .setTimeoutMs(5_000)
                .setTopics(List.of(new DeleteRecordsTopic()
                        .setName(topic)
                        .setPartitions(List.of(new DeleteRecordsPartition()
                                .setPartitionIndex(0)
                                .setOffset(offset)))));
    }

    private static void takesTurns(Play play, int version, String topic) {
        Session session = open(play, version, topic);
        session.ask("out of turn", 2);
        session.ask("in turn", 1);
        session.ask("in turn once more", 1);
        Session other = open(play, version < IDS ? version : IDS - 1, topic);
        if (version >= IDS) {
            play.ask(
                    "by ids in a session by names",
                    ApiKeys.FETCH,
                    version,
                    side -> other.request(side, 1, (same, request) -> {}));
            play.ask(
                    "by names in a session by ids",
                    ApiKeys.FETCH,
                    IDS - 1,
                    side -> session.request(side, 2, (same, request) -> {}));
        }
    }

    private static void ends(Play play, int version, String topic) {
        Session session = open(play, version, topic);
        session.ask("ending it", -1, moves(topic, version, partition(0, 3)));
        session.ask("after its end", 1);
        Session replaced = open(play, version, topic);
        replaced.ask("beginning anew", 0, moves(topic, version, partition(0, 3)));
        replaced.ask("after another has begun", 1);
        Session emptied = open(play, version, topic);
        emptied.ask(
                "forgetting all",
                1,
                (side, request) -> request.setForgottenTopicsData(List.of(forgotten(side, topic, version, 0, 1, 9))));
        emptied.ask("having forgotten all", 2);
        play.ask("of nothing", ApiKeys.FETCH, version, fetch());
    }

    private static void outlivesATopic(Play play, int version) {
        String topic = GONE + version;
        create(play, topic);
        Session session = open(play, version, topic);
        delete(play, topic);
        session.ask("after its topic was deleted", 1);
        play.ask(
                "opening one for a topic that was deleted",
                ApiKeys.FETCH,
                version,
                side -> fetch().setTopics(List.of(topic(side, topic, version, partition(0, 0)))));
        create(play, topic);
        session.ask("after a topic of the same name was created", 2);
    }

    private static void delete(Play play, String topic) {
        play.prepare(
                ApiKeys.DELETE_TOPICS,
                5,
                side -> new DeleteTopicsRequestData()
                        .setTopicNames(List.of(topic))
                        .setTimeoutMs(5_000),
                answer -> true);
        Predicate<ApiMessage> gone =
                answer -> ((MetadataResponseData) answer).topics().find(topic).errorCode()
                        == Errors.UNKNOWN_TOPIC_OR_PARTITION.code();
        play.prepare(
                ApiKeys.METADATA,
                12,
                side -> new MetadataRequestData()
                        .setTopics(List.of(new MetadataRequestTopic().setName(topic)))
                        .setAllowAutoTopicCreation(false),
                gone);
    }
}
