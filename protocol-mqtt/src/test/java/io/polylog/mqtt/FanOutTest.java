package io.polylog.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.record.Headers;
import io.polylog.record.Record;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FanOutTest {

    private static final int SUBSCRIBERS = 200;

    @TempDir
    Path directory;

    private MqttGateway gateway;

    @BeforeEach
    void open() throws IOException {
        gateway = new MqttGateway(directory, Map.of("mqtt.max-inflight", "20"));
    }

    @AfterEach
    void close() throws IOException {
        gateway.close();
    }

    @Test
    void reachesManySubscribersOfBothVersionsInOrder() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        try (Paho5 publisher = new Paho5(gateway, "pub")) {
            for (int i = 0; i < SUBSCRIBERS; i++) {
                RawClient client = new RawClient(gateway.port());
                clients.add(client);
                boolean five = i % 2 == 0;
                client.send(five ? RawClient.CONNECT_5 : RawClient.CONNECT_4).packet();
                client.send(five ? "82 09 0001 00 0003 662f23 01" : "82 08 0001 0003 662f23 01")
                        .packet();
            }
            int messages = 50;
            for (int i = 0; i < messages; i++) {
                publisher.publish("f/x", "%02x".formatted(i), 1);
            }
            for (int c = 0; c < SUBSCRIBERS; c++) {
                boolean five = c % 2 == 0;
                for (int i = 0; i < messages; i++) {
                    String id = "%04x".formatted(i + 1);
                    String payload =
                            HexFormat.of().formatHex("%02x".formatted(i).getBytes(UTF_8));
                    assertThat(clients.get(c).packet())
                            .isEqualTo(five ? "320a0003662f78" + id + "00" + payload : "32090003662f78" + id + payload);
                    clients.get(c).send("40 02 " + id);
                }
            }
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void letsASlowSubscriberCatchUpWithoutLossBesideAFastOne() throws Exception {
        gateway.createTopic("slow", 2);
        int messages = 5000;
        String filler = "x".repeat(4000);
        try (RawClient slow = new RawClient(gateway.port());
                Paho5 fast = new Paho5(gateway, "fast")) {
            slow.send(RawClient.CONNECT_4).packet();
            slow.send("82 0b 0001 0006 736c6f772f23 00").packet(); // slow/# with QoS 0
            fast.subscribe("slow/#", 1);
            for (int i = 0; i < messages; i++) {
                gateway.context()
                        .publisher()
                        .publish(
                                gateway.context().topics().find("slow").orElseThrow(),
                                new Record(
                                        new byte[] {(byte) ('a' + i % 2)},
                                        (i + ":" + filler).getBytes(UTF_8),
                                        0,
                                        Headers.EMPTY));
            }
            List<Integer> seen = numbers(fast.texts(messages));
            assertThat(seen).hasSize(messages).doesNotHaveDuplicates();

            // 20 MB are more than sockets and write buffers hold: most of it has to come from the log again.
            DataInputStream in = new DataInputStream(slow.socket.getInputStream());
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < messages; i++) {
                texts.add(payload(in));
            }
            List<Integer> slowly = numbers(texts);
            assertThat(slowly).hasSize(messages).doesNotHaveDuplicates();
            for (int parity = 0; parity < 2; parity++) {
                int p = parity;
                assertThat(slowly.stream().filter(n -> n % 2 == p)).isSorted();
            }
            gateway.publish("slow", "a", "5000:live", Headers.EMPTY);
            assertThat(payload(in)).isEqualTo("5000:live");
        }
    }

    @Test
    void waitsForAcknowledgementsAndGoesOnFromTheLog() throws Exception {
        gateway.createTopic("acks", 1);
        int messages = 300;
        try (RawClient client = new RawClient(gateway.port())) {
            // MQTT 5 with receive maximum 2
            client.send("10 10 0004 4d515454 05 02 0000 03 210002 0000").packet();
            client.send("82 0c 0001 00 0006 61636b732f23 01").packet();
            for (int i = 0; i < messages; i++) {
                gateway.publish("acks", "k", "%04d".formatted(i), Headers.EMPTY);
            }
            List<String> expected =
                    IntStream.range(0, messages).mapToObj("%04d"::formatted).toList();
            List<String> got = new ArrayList<>();
            for (int i = 0; i < messages; i += 2) {
                String first = client.packet();
                String second = client.packet();
                client.send("c0 00");
                assertThat(client.packet())
                        .as("nothing beyond the receive maximum")
                        .isEqualTo("d000");
                for (String packet : List.of(first, second)) {
                    int id = 2 * (2 + 2 + "acks/k".length());
                    got.add(new String(HexFormat.of().parseHex(packet.substring(id + 6)), UTF_8));
                    client.send("40 02 " + packet.substring(id, id + 4));
                }
            }
            assertThat(got).isEqualTo(expected);
        }
    }

    private static List<Integer> numbers(List<String> texts) {
        return texts.stream()
                .map(text -> Integer.valueOf(text.substring(0, text.indexOf(':'))))
                .toList();
    }

    private static String payload(DataInputStream in) throws IOException {
        in.readUnsignedByte();
        int length = 0;
        int shift = 0;
        int digit;
        do {
            digit = in.readUnsignedByte();
            length |= (digit & 0x7F) << shift;
            shift += 7;
        } while ((digit & 0x80) != 0);
        byte[] rest = new byte[length];
        in.readFully(rest);
        int topic = 2 + (rest[0] << 8 | rest[1]);
        return new String(rest, topic, length - topic, UTF_8);
    }
}
