package io.polylog.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.testkit.TestGateway;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sends every API in every version that is advertised, with a small sensible request, and reads the answer. */
class EveryApiTest {

    @TempDir
    Path directory;

    private TestGateway gateway;
    private Uuid topicId = Uuid.ZERO_UUID;

    @BeforeEach
    void start() throws Exception {
        gateway = TestGateway.start(directory, new KafkaAdapterFactory());
        var topic = gateway.context().topics().ensure("t").toCompletableFuture().join();
        topicId = new Uuid(topic.id().getMostSignificantBits(), topic.id().getLeastSignificantBits());
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    @Test
    void everyAdvertisedVersionIsAnswered() throws Exception {
        List<String> wrong = new ArrayList<>();
        int asked = 0;
        for (ApiVersion api : advertised().apiKeys()) {
            ApiKeys key = ApiKeys.forId(api.apiKey());
            // Produce is advertised from 0 for the sake of old clients' range tests, and begins at 3.
            for (short version = (short) Math.max(api.minVersion(), key.oldestVersion());
                    version <= api.maxVersion();
                    version++) {
                asked++;
                Optional<SecuritySamples.Sample> security = SecuritySamples.of(key);
                ApiMessage request =
                        security.isPresent() ? security.get().request() : SampleRequests.of(key, version, topicId);
                try {
                    AbstractResponse response = ask(key, version, request);
                    if (response.errorCounts().containsKey(Errors.UNKNOWN_SERVER_ERROR)) {
                        wrong.add(key + " v" + version + ": " + response);
                    }
                    Errors expected =
                            security.isPresent() ? security.get().expected() : SampleRequests.expected(key, version);
                    if (!response.errorCounts().containsKey(expected)) {
                        wrong.add(key + " v" + version + ": not " + expected + " but " + response);
                    }
                } catch (IOException | RuntimeException unanswered) {
                    wrong.add(key + " v" + version + ": " + unanswered);
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(asked).isGreaterThan(100);
    }

    @Test
    void minimumsSuitOldClients() throws Exception {
        ApiVersionsResponseData response = advertised();
        assertThat(response.apiKeys().find(ApiKeys.PRODUCE.id).minVersion()).isZero();
        assertThat(response.apiKeys().find(ApiKeys.FIND_COORDINATOR.id).minVersion())
                .isZero();
        assertThat(response.apiKeys().find(ApiKeys.JOIN_GROUP.id).minVersion()).isZero();
        assertThat(response.apiKeys().find(ApiKeys.OFFSET_FETCH.id).minVersion())
                .isEqualTo((short) 1);
        assertThat(response.apiKeys().find(ApiKeys.LIST_OFFSETS.id).minVersion())
                .isEqualTo((short) 1);
        assertThat(response.apiKeys().find(ApiKeys.OFFSET_COMMIT.id).minVersion())
                .isEqualTo((short) 2);
        assertThat(response.apiKeys().find(ApiKeys.INIT_PRODUCER_ID.id).maxVersion())
                .isEqualTo((short) 5);
        assertThat(response.finalizedFeatures().find("transaction.version").maxVersionLevel())
                .isEqualTo((short) 2);
        assertThat(response.finalizedFeatures().find("group.version").maxVersionLevel())
                .isEqualTo((short) 1);
    }

    @Test
    void apiVersionsFromTheFutureIsAnsweredInVersionZero() throws Exception {
        ByteBuffer request = ByteBuffer.allocate(64);
        request.putShort(ApiKeys.API_VERSIONS.id)
                .putShort((short) 42)
                .putInt(7)
                .putShort((short) -1)
                .put((byte) 0);
        request.put((byte) 0).put((byte) 0).put((byte) 0).flip();
        ByteBuffer answer;
        try (RawClient client = new RawClient(gateway.port("kafka"))) {
            client.send(request);
            answer = client.receive();
        }
        assertThat(answer.getInt()).isEqualTo(7);
        ApiVersionsResponseData response = new ApiVersionsResponseData(new ByteBufferAccessor(answer), (short) 0);
        assertThat(response.errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
        assertThat(response.apiKeys().find(ApiKeys.METADATA.id)).isNotNull();
    }

    private ApiVersionsResponseData advertised() throws IOException {
        return (ApiVersionsResponseData)
                ask(ApiKeys.API_VERSIONS, (short) 4, SampleRequests.of(ApiKeys.API_VERSIONS, (short) 4, topicId))
                        .data();
    }

    private AbstractResponse ask(ApiKeys key, short version, ApiMessage request) throws IOException {
        try (RawClient client = new RawClient(gateway.port("kafka"))) {
            client.send(key, version, version + 1, request);
            return client.receive(key, version, version + 1);
        }
    }
}
