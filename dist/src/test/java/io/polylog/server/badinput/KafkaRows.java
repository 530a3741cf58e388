package io.polylog.server.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.badinput.KafkaWire.Ask;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** Frames and fields that no Kafka client sends: each closes its connection. */
final class KafkaRows {

    private static final int FIELDS_TOO_MANY = 1_100_000;

    private KafkaRows() {}

    static List<BadRow> all() {
        List<BadRow> rows = new ArrayList<>();
        addFrames(rows);
        addLengths(rows);
        addApis(rows);
        return rows;
    }

    private static void addFrames(List<BadRow> rows) {
        for (int length : new int[] {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 600_000}) {
            byte[] header = ByteBuffer.allocate(8).putInt(length).array();
            rows.add(closed(Clause.KAFKA_FRAME_LENGTH, length + " at first", header));
            rows.add(closedLater(Clause.KAFKA_FRAME_LENGTH, length + " later", length, header));
        }
    }

    /** 600,000 bytes are fine once the peer has been understood. */
    private static BadRow closedLater(Clause clause, String detail, int length, byte[] header) {
        int later = length == 600_000 ? 200 << 20 : length;
        byte[] bytes = ByteBuffer.wrap(header).putInt(0, later).array();
        return new BadRow(
                clause,
                detail,
                Door.KAFKA,
                stranger -> {
                    KafkaWire.apiVersions().exchange(stranger);
                    stranger.send(bytes);
                },
                Expected.closed());
    }

    private static void addLengths(List<BadRow> rows) {
        Clause clause = Clause.KAFKA_LENGTH_BEYOND_THE_FRAME;
        Map<String, byte[]> old = Map.of(
                "array of 2^31-1", new byte[] {127, -1, -1, -1, 0, 1, 'a'},
                "string of 32767", new byte[] {0, 0, 0, 1, 127, -1, 'a'},
                "string of -2", new byte[] {0, 0, 0, 1, -1, -2, 'a'},
                "nothing", new byte[] {});
        old.forEach((detail, body) -> rows.add(closed(clause, detail, KafkaWire.frame(ApiKeys.METADATA, 8, body))));
        Map<String, byte[]> compact = Map.of(
                "compact array of 2^32-2", new byte[] {-1, -1, -1, -1, 15, 2, 'a', 0},
                "compact string of 2^32-2", new byte[] {2, -1, -1, -1, -1, 15, 'a', 0},
                "varint without an end", new byte[] {-1, -1, -1, -1, -1, -1, -1, -1},
                "2^32-1 tags", new byte[] {1, 0, 0, 0, -1, -1, -1, -1, 15},
                "tag of 2^32-1 bytes", new byte[] {1, 0, 0, 0, 1, 0, -1, -1, -1, -1, 15});
        compact.forEach((detail, body) -> rows.add(closed(clause, detail, KafkaWire.frame(ApiKeys.METADATA, 9, body))));
        rows.add(closed(
                clause, "client id of 32767", KafkaWire.frame(new byte[] {0, 3, 0, 8, 0, 0, 0, 1, 127, -1, 'a'})));
        // Of fields that are a byte or two each, and many times as much once they are objects.
        int most = WatchedGateway.MAX_REQUEST_BYTES - 100;
        byte[] names = filled(most, most / 2 - 2);
        rows.add(elements("array of a whole request", KafkaWire.frame(ApiKeys.METADATA, 8, names)));
        byte[] more = filled(3 << 20, FIELDS_TOO_MANY);
        rows.add(elements("array of over a million", KafkaWire.frame(ApiKeys.METADATA, 8, more)));
        byte[] tags = filled(most, 0); // a header whose last field counts tags
        ByteBuffer.wrap(tags).put(new byte[] {0, 3, 0, 9, 0, 0, 0, 1, -1, -1, -1, -1, -1, -1, 7});
        rows.add(elements("header of 2^31-1 tags", KafkaWire.frame(tags)));
    }

    private static byte[] filled(int size, int first) {
        return ByteBuffer.allocate(size).putInt(first).array();
    }

    private static BadRow elements(String detail, byte[] frame) {
        return new BadRow(
                Clause.KAFKA_LENGTH_BEYOND_THE_FRAME,
                detail,
                Door.KAFKA,
                stranger -> {
                    KafkaWire.apiVersions().exchange(stranger);
                    stranger.send(frame);
                },
                Expected.closed());
    }

    private static void addApis(List<BadRow> rows) {
        Clause unknown = Clause.KAFKA_UNKNOWN_API;
        for (int key : new int[] {-1, 999, 4, 5, 6, 27, 52, 58}) { // and what only brokers say to each other
            rows.add(closed(unknown, "key " + key, api(key, 0)));
        }
        rows.add(closed(unknown, "produce version 99", api(0, 99)));
        rows.add(closed(unknown, "metadata version -1", api(3, -1)));
        Ask future = new Ask(ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData());
        rows.add(
                new BadRow( // KIP-511
                        unknown,
                        "ApiVersions version 99",
                        Door.KAFKA,
                        stranger -> stranger.send(api(18, 99)),
                        Expected.answered(stranger -> {
                            // correlation id 1, answered in version 0
                            byte[] answer = stranger.hear(stranger.hearInt());
                            assertThat(ByteBuffer.wrap(answer).getShort(4))
                                    .isEqualTo(Errors.UNSUPPORTED_VERSION.code());
                            assertThat(((ApiVersionsResponseData) future.exchange(stranger)).errorCode())
                                    .isZero();
                        })));
        rows.add(new BadRow(
                Clause.KAFKA_SASL_THAT_IS_NOT_OFFERED,
                "handshake",
                Door.KAFKA,
                stranger -> stranger.send(api(17, 1)),
                Expected.answered(stranger -> {
                    byte[] answer = stranger.hear(stranger.hearInt());
                    assertThat(ByteBuffer.wrap(answer).getShort(4)).isEqualTo(Errors.ILLEGAL_SASL_STATE.code());
                })));
        rows.add(closed(
                Clause.KAFKA_SASL_THAT_IS_NOT_OFFERED,
                "token of 400 KiB",
                KafkaWire.frame(ApiKeys.SASL_AUTHENTICATE, 1, filled(400 << 10, 400 << 10))));
    }

    private static byte[] api(int key, int version) {
        return KafkaWire.frame(ByteBuffer.allocate(20)
                .putShort((short) key)
                .putShort((short) version)
                .putInt(1)
                .putShort((short) -1)
                .array());
    }

    private static BadRow closed(Clause clause, String detail, byte[] bytes) {
        return new BadRow(clause, detail, Door.KAFKA, stranger -> stranger.send(bytes), Expected.closed());
    }
}
