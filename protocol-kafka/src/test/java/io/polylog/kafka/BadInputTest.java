package io.polylog.kafka;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.testkit.TestGateway;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestPartition;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestTopicCollection;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestGroup;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarker;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarkerTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is no Kafka request closes its own connection and no other. */
class BadInputTest {

    private static final int TIMEOUT_MS = 20_000;

    @TempDir
    Path directory;

    private TestGateway gateway;
    private Admin neighbour;

    @BeforeEach
    void start() throws Exception {
        gateway = TestGateway.start(directory, new KafkaAdapterFactory());
        neighbour = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + gateway.port("kafka")));
        neighbour.listTopics().names().get();
    }

    @AfterEach
    void stop() throws Exception {
        assertThat(neighbour.listTopics().names().get()).isEmpty();
        neighbour.close();
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    @Test
    void greetingsOfOtherProtocols() throws Exception {
        for (String greeting : List.of(
                "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                "AMQP\0\1\0\0",
                "\20\14\0\4MQTT\5\2\0\0\0\0",
                "\26\3\1\2\0\1\0\1\374\3\3")) {
            assertClosed(greeting.getBytes(US_ASCII));
        }
    }

    @Test
    void impossibleLengths() throws Exception {
        for (int length : new int[] {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 600_000}) {
            assertClosed(ByteBuffer.allocate(4).putInt(length).array());
        }
    }

    @Test
    void randomBytes() throws Exception {
        Random random = new Random(4711);
        for (int i = 0; i < 50; i++) {
            byte[] noise = new byte[4 + random.nextInt(2_000)];
            random.nextBytes(noise);
            ByteBuffer.wrap(noise).putInt(noise.length - 4);
            assertClosed(noise);
        }
    }

    @Test
    void requestsCutShortInside() throws Exception {
        byte[] request = metadata();
        Random random = new Random(99);
        for (int i = 0; i < 50; i++) {
            byte[] cut = new byte[4 + random.nextInt(request.length)];
            ByteBuffer.wrap(cut).putInt(cut.length - 4).put(request, 0, cut.length - 4);
            assertClosed(cut);
        }
    }

    @Test
    void shareGroupOffsetsOfPartitionsThatCannotBe() throws Exception {
        ApiMessage alter = new AlterShareGroupOffsetsRequestData()
                .setGroupId("g")
                .setTopics(new AlterShareGroupOffsetsRequestTopicCollection(
                        List.of(new AlterShareGroupOffsetsRequestTopic()
                                        .setTopicName("t")
                                        .setPartitions(List.of(
                                                new AlterShareGroupOffsetsRequestPartition().setPartitionIndex(-2))))
                                .iterator()));
        ApiMessage describe = new DescribeShareGroupOffsetsRequestData()
                .setGroups(List.of(new DescribeShareGroupOffsetsRequestGroup()
                        .setGroupId("g")
                        .setTopics(List.of(new DescribeShareGroupOffsetsRequestTopic()
                                .setTopicName("t")
                                .setPartitions(List.of(0, -2))))));
        try (RawClient client = new RawClient(gateway.port("kafka"))) {
            for (ApiMessage request : List.of(alter, describe)) {
                ApiKeys key = ApiKeys.forId(request.apiKey());
                client.send(key, key.oldestVersion(), 1, request);
                assertThat(client.receive(key, key.oldestVersion(), 1).errorCounts())
                        .containsOnlyKeys(Errors.INVALID_REQUEST);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "7, -1, INVALID_PRODUCER_EPOCH",
        "-1, 0, INVALID_PRODUCER_ID_MAPPING",
        "7, 0, UNKNOWN_TOPIC_OR_PARTITION"
    })
    void markersOfProducersThatCannotBe(long producer, short epoch, Errors error) throws Exception {
        WriteTxnMarkersRequestData markers = new WriteTxnMarkersRequestData()
                .setMarkers(List.of(new WritableTxnMarker()
                        .setProducerId(producer)
                        .setProducerEpoch(epoch)
                        .setTopics(List.of(
                                new WritableTxnMarkerTopic().setName("t").setPartitionIndexes(List.of(0))))));
        short version = ApiKeys.WRITE_TXN_MARKERS.latestVersion();
        try (RawClient client = new RawClient(gateway.port("kafka"))) {
            client.send(ApiKeys.WRITE_TXN_MARKERS, version, 1, markers);
            assertThat(client.receive(ApiKeys.WRITE_TXN_MARKERS, version, 1).errorCounts())
                    .containsOnlyKeys(error);
        }
    }

    @Test
    void aHeaderAloneClaimsNoMemory() throws Exception {
        // Ten connections announce 100 MiB each, more than this process may have in all, and send next to nothing.
        Socket[] sockets = new Socket[10];
        for (int i = 0; i < sockets.length; i++) {
            sockets[i] = new Socket("127.0.0.1", gateway.port("kafka"));
            sockets[i].setSoTimeout(TIMEOUT_MS);
            OutputStream out = sockets[i].getOutputStream();
            byte[] first = metadata();
            out.write(ByteBuffer.allocate(4 + first.length)
                    .putInt(first.length)
                    .put(first)
                    .array());
            assertThat(sockets[i].getInputStream().read()).isZero();
            out.write(ByteBuffer.allocate(5).putInt(100 << 20).array());
        }
        assertThat(neighbour.listTopics().names().get()).isEmpty();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void silence(@TempDir Path other) throws Exception {
        try (TestGateway impatient =
                        TestGateway.start(other, Map.of("kafka.idle-timeout-ms", "1000"), new KafkaAdapterFactory());
                Socket socket = new Socket("127.0.0.1", impatient.port("kafka"))) {
            socket.setSoTimeout(TIMEOUT_MS);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void requestsThatDoNotGetOn(@TempDir Path other) throws Exception {
        byte[] request = metadata();
        byte[] half =
                ByteBuffer.allocate(6).putInt(request.length).put(request, 0, 2).array();
        try (TestGateway impatient =
                        TestGateway.start(other, Map.of("kafka.request-timeout-ms", "300"), new KafkaAdapterFactory());
                Socket first = connect(impatient);
                Socket later = connect(impatient);
                Socket silent = connect(impatient)) {
            first.getOutputStream().write(half);
            later.getOutputStream().write(framed(request));
            assertThat(later.getInputStream().read()).isZero();
            later.getOutputStream().write(half);
            assertThat(first.getInputStream().read()).isEqualTo(-1);
            assertThat(later.getInputStream().readAllBytes()).isNotEmpty();
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
        }
    }

    private static Socket connect(TestGateway gateway) throws IOException {
        Socket socket = new Socket("127.0.0.1", gateway.port("kafka"));
        socket.setSoTimeout(TIMEOUT_MS);
        return socket;
    }

    private static byte[] framed(byte[] request) {
        return ByteBuffer.allocate(4 + request.length)
                .putInt(request.length)
                .put(request)
                .array();
    }

    private void assertClosed(byte[] bytes) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", gateway.port("kafka"))) {
            socket.setSoTimeout(TIMEOUT_MS);
            try {
                socket.getOutputStream().write(bytes);
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            } catch (SocketException reset) {
                // closed all the same
            }
        }
    }

    private static byte[] metadata() {
        RequestHeader header = new RequestHeader(ApiKeys.METADATA, (short) 9, "tester", 17);
        ByteBuffer bytes =
                new MetadataRequest(new MetadataRequestData().setTopics(null), (short) 9).serializeWithHeader(header);
        byte[] array = new byte[bytes.remaining()];
        bytes.get(array);
        return array;
    }
}
