package io.polylog.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.testkit.TestGateway;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData.AcknowledgePartition;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData.AcknowledgePartitionCollection;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData.AcknowledgeTopic;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData.AcknowledgeTopicCollection;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData.AcknowledgementBatch;
import org.apache.kafka.common.message.ShareAcknowledgeResponseData;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Share sessions as a client meets them that makes mistakes (KIP-932). */
class ShareSessionTest {

    private static final short VERSION = 2;

    @TempDir
    Path directory;

    private TestGateway gateway;
    private Uuid topicId = Uuid.ZERO_UUID;
    private RawClient client;

    @BeforeEach
    void start() throws Exception {
        gateway = TestGateway.start(directory, new KafkaAdapterFactory());
        var topic = gateway.context().topics().ensure("t").toCompletableFuture().join();
        topicId = new Uuid(topic.id().getMostSignificantBits(), topic.id().getLeastSignificantBits());
        client = new RawClient(gateway.port("kafka"));
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    @Test
    void epochsCountFromTheOneThatOpensTheSession() throws Exception {
        assertThat(fetch(client, 1)).isEqualTo(Errors.SHARE_SESSION_NOT_FOUND);
        assertThat(fetch(client, 0)).isEqualTo(Errors.NONE);
        assertThat(fetch(client, 1)).isEqualTo(Errors.NONE);
        assertThat(fetch(client, 1)).isEqualTo(Errors.INVALID_SHARE_SESSION_EPOCH);
        assertThat(fetch(client, 2)).isEqualTo(Errors.NONE);
        assertThat(fetch(client, -1)).isEqualTo(Errors.NONE);
        assertThat(fetch(client, 3)).isEqualTo(Errors.SHARE_SESSION_NOT_FOUND);
    }

    @Test
    void sessionBelongsToItsConnectionAndIsReplacedByAnother() throws Exception {
        fetch(client, 0);
        try (RawClient other = new RawClient(gateway.port("kafka"))) {
            assertThat(fetch(other, 1)).isEqualTo(Errors.SHARE_SESSION_NOT_FOUND);
            assertThat(fetch(other, 0)).isEqualTo(Errors.NONE);
            assertThat(fetch(client, 1)).isEqualTo(Errors.SHARE_SESSION_NOT_FOUND);
            assertThat(fetch(other, 1)).isEqualTo(Errors.NONE);
        }
    }

    @Test
    void acknowledgementsThatMakeNoSenseAreRefused() throws Exception {
        fetch(client, 0);
        assertThat(acknowledge(1, 0, 9, (byte) 1)).isEqualTo(Errors.INVALID_RECORD_STATE);
        assertThat(acknowledge(2, 0, Long.MAX_VALUE - 1, (byte) 1)).isEqualTo(Errors.INVALID_RECORD_STATE);
        assertThat(acknowledge(3, 9, 0, (byte) 1)).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(acknowledge(4, 0, 0, (byte) 5)).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(acknowledge(5, 0, 0, (byte) -1)).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(acknowledge(6, 0, 0, (byte) 4))
                .as("a renewal that is not announced")
                .isEqualTo(Errors.INVALID_REQUEST);
        assertThat(acknowledge(7, 0, 2, (byte) 1, (byte) 1))
                .as("two types for three records")
                .isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void partitionThatIsNotThereIsNamed() throws Exception {
        ShareFetchRequestData request = SampleShareRequests.fetch(Uuid.randomUuid());
        ShareFetchResponseData answer = ask(client, request);
        assertThat(answer.responses().iterator().next().partitions().get(0).errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
    }

    @Test
    void renewalMayNotFetch() throws Exception {
        fetch(client, 0);
        ShareFetchRequestData request =
                SampleShareRequests.fetch(topicId).setShareSessionEpoch(1).setIsRenewAck(true);
        assertThat(Errors.forCode(ask(client, request).errorCode())).isEqualTo(Errors.INVALID_REQUEST);
    }

    private Errors fetch(RawClient connection, int epoch) throws IOException {
        ShareFetchRequestData request = SampleShareRequests.fetch(topicId).setShareSessionEpoch(epoch);
        return Errors.forCode(ask(connection, request).errorCode());
    }

    private static ShareFetchResponseData ask(RawClient connection, ShareFetchRequestData request) throws IOException {
        connection.send(ApiKeys.SHARE_FETCH, VERSION, 1, request);
        return (ShareFetchResponseData)
                connection.receive(ApiKeys.SHARE_FETCH, VERSION, 1).data();
    }

    private Errors acknowledge(int epoch, long first, long last, Byte... types) throws IOException {
        AcknowledgePartition partition = new AcknowledgePartition()
                .setAcknowledgementBatches(List.of(new AcknowledgementBatch()
                        .setFirstOffset(first)
                        .setLastOffset(last)
                        .setAcknowledgeTypes(List.of(types))));
        AcknowledgeTopic topic = new AcknowledgeTopic()
                .setTopicId(topicId)
                .setPartitions(
                        new AcknowledgePartitionCollection(List.of(partition).iterator()));
        ShareAcknowledgeRequestData request = new ShareAcknowledgeRequestData()
                .setGroupId("sharing")
                .setMemberId("somebody")
                .setShareSessionEpoch(epoch)
                .setTopics(new AcknowledgeTopicCollection(List.of(topic).iterator()));
        client.send(ApiKeys.SHARE_ACKNOWLEDGE, VERSION, 1, request);
        ShareAcknowledgeResponseData answer = (ShareAcknowledgeResponseData)
                client.receive(ApiKeys.SHARE_ACKNOWLEDGE, VERSION, 1).data();
        assertThat(answer.errorCode()).isZero();
        return Errors.forCode(
                answer.responses().iterator().next().partitions().get(0).errorCode());
    }
}
