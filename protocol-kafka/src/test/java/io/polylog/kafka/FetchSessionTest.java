package io.polylog.kafka;

import static io.polylog.kafka.FetchClient.BY_ID;
import static io.polylog.kafka.FetchClient.BY_NAME;
import static io.polylog.kafka.FetchClient.partition;
import static io.polylog.kafka.FetchClient.request;
import static io.polylog.kafka.FetchClient.told;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Topic;
import io.polylog.broker.TopicSpec;
import io.polylog.testkit.TestGateway;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fetch sessions (KIP-227) as they are on the wire. */
class FetchSessionTest {

    private static final int LONG_MS = 60_000;

    @TempDir
    static Path directory;

    private static TestGateway gateway;
    private static int topics;

    private Topic topic;
    private FetchClient client;

    @BeforeAll
    static void start() throws Exception {
        gateway = TestGateway.start(directory, new KafkaAdapterFactory());
    }

    @AfterAll
    static void stop() throws Exception {
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    @BeforeEach
    void connect() throws Exception {
        topic = create("t" + topics++);
        client = client(BY_ID);
    }

    @AfterEach
    void disconnect() throws Exception {
        client.close();
    }

    private static Topic create(String name) {
        TopicSpec spec = new TopicSpec(name, 4, java.util.Map.of());
        return gateway.context().topics().create(spec).toCompletableFuture().join();
    }

    private static void delete(Topic topic) {
        gateway.context().topics().delete(topic.name()).toCompletableFuture().join();
    }

    private static FetchClient client(short version) throws IOException {
        return new FetchClient(gateway.port("kafka"), version);
    }

    /** Opens a session with partitions 0, 1 and 2, from their start. */
    private int open(FetchClient with) throws IOException {
        FetchResponseData answer = with.ask(0, 0, with.topic(topic, partition(0, 0), partition(1, 0), partition(2, 0)));
        assertThat(answer.errorCode()).isZero();
        assertThat(answer.sessionId()).isPositive();
        return answer.sessionId();
    }

    private static Errors error(FetchResponseData answer) {
        return Errors.forCode(answer.errorCode());
    }

    @ParameterizedTest
    @ValueSource(shorts = {7, BY_NAME, 13, BY_ID, 18})
    void laterAnswersTellWhatHasChanged(short version) throws Exception {
        try (FetchClient consumer = client(version)) {
            FetchResponseData all =
                    consumer.ask(0, 0, consumer.topic(topic, partition(0, 0), partition(1, 0), partition(2, 0)));
            assertThat(told(all)).isEqualTo("0: nothing of 0..0, 1: nothing of 0..0, 2: nothing of 0..0");
            int id = all.sessionId();
            FetchResponseData same = consumer.ask(id, 1);
            assertThat(same.responses()).isEmpty();
            assertThat(same.sessionId()).isEqualTo(id);

            client.produce(topic.name(), 1);
            assertThat(told(consumer.ask(id, 2))).isEqualTo("1: records of 0..1");
            assertThat(told(consumer.ask(id, 3))).as("not passed yet").isEqualTo("1: records of 0..1");
            assertThat(told(consumer.ask(id, 4, consumer.topic(topic, partition(1, 1)))))
                    .isEmpty();
            assertThat(told(consumer.ask(id, 5, consumer.topic(topic, partition(3, 0)))))
                    .as("one more")
                    .isEqualTo("3: nothing of 0..0");
        }
    }

    @Test
    void aMovedLogStartIsTold() throws Exception {
        client.produce(topic.name(), 0);
        int id = open(client);
        assertThat(told(client.ask(id, 1, client.topic(topic, partition(0, 1)))))
                .isEmpty();
        gateway.context()
                .topics()
                .deleteRecords(topic.partition(0), 1)
                .toCompletableFuture()
                .join();
        assertThat(told(client.ask(id, 2))).isEqualTo("0: nothing of 1..1");
        assertThat(told(client.ask(id, 3))).isEmpty();
    }

    @Test
    void anErrorIsToldAgainAndAgainAndSoIsItsEnd() throws Exception {
        int id = open(client);
        FetchTopic beyond = client.topic(topic, partition(0, 9));
        assertThat(told(client.ask(id, 1, beyond))).isEqualTo("0: OFFSET_OUT_OF_RANGE");
        assertThat(told(client.ask(id, 2))).isEqualTo("0: OFFSET_OUT_OF_RANGE");
        assertThat(told(client.ask(id, 3, client.topic(topic, partition(0, 0)))))
                .isEqualTo("0: nothing of 0..0");
        assertThat(told(client.ask(id, 4))).isEmpty();
    }

    @Test
    void epochsCountUp() throws Exception {
        assertThat(error(client.ask(4711, 1))).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
        int id = open(client);
        FetchResponseData wrong = client.ask(id, 2);
        assertThat(error(wrong)).isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH);
        assertThat(wrong.sessionId()).isZero();
        assertThat(error(client.ask(id, 1))).isEqualTo(Errors.NONE);
        assertThat(error(client.ask(id, 1))).isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH);
        assertThat(error(client.ask(id, 2))).isEqualTo(Errors.NONE);
    }

    @Test
    void theFinalEpochEndsASession() throws Exception {
        int id = open(client);
        double before = gateway.gauge("polylog_kafka_fetch_sessions");
        FetchResponseData last = client.ask(id, -1, client.topic(topic, partition(0, 0)));
        assertThat(last.sessionId()).isZero();
        assertThat(told(last)).isEqualTo("0: nothing of 0..0");
        assertThat(gateway.gauge("polylog_kafka_fetch_sessions")).isEqualTo(before - 1);
        assertThat(error(client.ask(id, 1))).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
    }

    @Test
    void aFullRequestReplacesItsSession() throws Exception {
        int id = open(client);
        FetchResponseData again = client.ask(id, 0, client.topic(topic, partition(0, 0)));
        assertThat(again.sessionId()).isPositive().isNotEqualTo(id);
        assertThat(error(client.ask(id, 1))).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
        assertThat(error(client.ask(again.sessionId(), 1))).isEqualTo(Errors.NONE);
    }

    @ParameterizedTest
    @ValueSource(shorts = {BY_NAME, BY_ID})
    void forgottenPartitionsAreReadNoMore(short version) throws Exception {
        try (FetchClient consumer = client(version)) {
            int id = open(consumer);
            consumer.ask(request(id, 1).setForgottenTopicsData(List.of(consumer.forgotten(topic, 0, 3))));
            client.produce(topic.name(), 0, 1);
            assertThat(told(consumer.ask(id, 2))).isEqualTo("1: records of 0..1");

            FetchResponseData last =
                    consumer.ask(request(id, 3).setForgottenTopicsData(List.of(consumer.forgotten(topic, 1, 2))));
            assertThat(last.sessionId()).as("of nothing").isZero();
            assertThat(error(consumer.ask(id, 4))).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
        }
    }

    @Test
    void aSessionKeepsToNamesOrToIds() throws Exception {
        try (FetchClient named = client(BY_NAME)) {
            assertThat(error(named.ask(open(client), 1))).isEqualTo(Errors.FETCH_SESSION_TOPIC_ID_ERROR);
            assertThat(error(client.ask(open(named), 1))).isEqualTo(Errors.FETCH_SESSION_TOPIC_ID_ERROR);
        }
    }

    @Test
    void aTopicOfTheSameNameIsAnotherOneById() throws Exception {
        int id = open(client);
        Topic gone = topic;
        delete(gone);
        assertThat(told(client.ask(id, 1)))
                .isEqualTo("0: UNKNOWN_TOPIC_OR_PARTITION, 1: UNKNOWN_TOPIC_OR_PARTITION,"
                        + " 2: UNKNOWN_TOPIC_OR_PARTITION");
        topic = create(gone.name());
        assertThat(told(client.ask(id, 2)))
                .isEqualTo("0: INCONSISTENT_TOPIC_ID, 1: INCONSISTENT_TOPIC_ID, 2: INCONSISTENT_TOPIC_ID");
        FetchRequestData moved = request(id, 3)
                .setTopics(List.of(client.topic(topic, partition(0, 0))))
                .setForgottenTopicsData(List.of(client.forgotten(gone, 0, 1, 2)));
        assertThat(told(client.ask(moved))).isEqualTo("0: nothing of 0..0");
        assertThat(told(client.ask(0, -1, client.topic(gone, partition(0, 0))))).isEqualTo("0: UNKNOWN_TOPIC_ID");
    }

    @Test
    void aTopicOfTheSameNameIsTheSameOneByName() throws Exception {
        try (FetchClient named = client(BY_NAME)) {
            int id = open(named);
            delete(topic);
            assertThat(told(named.ask(id, 1))).startsWith("0: UNKNOWN_TOPIC_OR_PARTITION");
            topic = create(topic.name());
            assertThat(told(named.ask(id, 2))).isEqualTo("0: nothing of 0..0, 1: nothing of 0..0, 2: nothing of 0..0");
        }
    }

    @Test
    void anIdThatIsUnknownIsLookedUpEachTime() throws Exception {
        Topic gone = topic;
        delete(gone);
        FetchResponseData answer = client.ask(0, 0, client.topic(gone, partition(0, 0)));
        assertThat(told(answer)).isEqualTo("0: UNKNOWN_TOPIC_ID");
        topic = create(gone.name());
        assertThat(told(client.ask(answer.sessionId(), 1)))
                .as("whose name is not known either")
                .isEqualTo("0: UNKNOWN_TOPIC_ID");
    }

    @Test
    void everyPartitionHasItsTurn() throws Exception {
        client.produce(topic.name(), 0, 1, 2);
        Set<String> first = new TreeSet<>();
        FetchRequestData one = request(0, 0)
                .setMaxBytes(1)
                .setTopics(List.of(client.topic(topic, partition(0, 0), partition(1, 0), partition(2, 0))));
        FetchResponseData answer = client.ask(one);
        for (int epoch = 1; epoch <= 3; epoch++) {
            first.add(told(answer).replaceAll(".*(\\d): records.*", "$1"));
            answer = client.ask(request(answer.sessionId(), epoch).setMaxBytes(1));
        }
        assertThat(first).containsExactly("0", "1", "2");
    }

    @Test
    void aSessionOutlivesItsConnection() throws Exception {
        int id;
        try (FetchClient other = client(BY_ID)) {
            id = open(other);
        }
        assertThat(error(client.ask(id, 1))).isEqualTo(Errors.NONE);
    }

    @Test
    void aFetchWaitsForEveryPartitionOfItsSession() throws Exception {
        int id = open(client);
        client.send(request(id, 1).setMaxWaitMs(LONG_MS));
        try (FetchClient other = client(BY_ID)) {
            other.produce(topic.name(), 2);
        }
        assertThat(told(client.receive())).isEqualTo("2: records of 0..1");
    }

    @Test
    void aTurnTakenMeanwhileByAnotherRequestIsLost() throws Exception {
        int id = open(client);
        client.send(request(id, 1).setMaxWaitMs(LONG_MS));
        try (FetchClient other = client(BY_ID)) {
            org.awaitility.Awaitility.await()
                    .until(() -> error(other.ask(request(id, 2))) == Errors.NONE); // as soon as that one has begun
            other.produce(topic.name(), 0);
        }
        FetchResponseData late = client.receive();
        assertThat(error(late)).isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH);
        assertThat(late.sessionId()).isEqualTo(id);
        assertThat(told(client.ask(id, 3))).isEqualTo("0: records of 0..1");
    }

    @Test
    void whatIsNoTopicDoesNotEndTheWaitOfOthers() throws Exception {
        int id = open(client);
        Topic gone = create("gone" + topics++);
        delete(gone);
        client.send(request(id, 1).setMaxWaitMs(LONG_MS).setTopics(List.of(client.topic(gone, partition(0, 0)))));
        try (FetchClient other = client(BY_ID)) {
            other.produce(topic.name(), 1);
        }
        assertThat(told(client.receive())).contains("1: records of 0..1", "0: UNKNOWN_TOPIC_ID");
        FetchResponseData nothing =
                client.ask(request(0, 0).setMaxWaitMs(LONG_MS).setTopics(List.of(client.topic(gone, partition(0, 0)))));
        assertThat(told(nothing)).isEqualTo("0: UNKNOWN_TOPIC_ID");
    }

    @Test
    void aNameThatIsTooLongForATopicIsNotRemembered() throws Exception {
        FetchTopic endless = new FetchTopic().setTopic("x".repeat(30_000)).setPartitions(List.of(partition(0, 0)));
        try (FetchClient named = client(BY_NAME)) {
            FetchResponseData full = named.ask(0, 0, endless);
            assertThat(full.sessionId()).isZero();
            assertThat(told(full)).isEqualTo("0: UNKNOWN_TOPIC_OR_PARTITION");
            int id = open(named);
            assertThat(error(named.ask(id, 1, endless))).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
            assertThat(error(named.ask(id, 1))).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
        }
    }

    @Test
    void aSessionTakesInNoMorePartitionsThanThereIsRoomFor() throws Exception {
        int id = open(client);
        var many = new org.apache.kafka.common.message.FetchRequestData.FetchPartition[100_001];
        java.util.Arrays.setAll(many, index -> partition(index, 0));
        assertThat(client.ask(0, 0, client.topic(topic, many)).sessionId()).isZero();
        assertThat(error(client.ask(id, 1, client.topic(topic, many)))).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
        assertThat(gateway.gauge("polylog_kafka_fetch_session_partitions")).isLessThan(1_000);
    }
}
