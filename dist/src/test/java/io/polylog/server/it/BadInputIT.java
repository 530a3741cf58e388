package io.polylog.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.endpoint.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What no client would send, at every door of the started archive: that connection is closed, memory stays where it was,
 * and a client that works beside it all the time notices nothing.
 */
final class BadInputIT {

    private static final String[] DOORS = {"kafka", "amqp", "mqtt", "http"};
    private static final int CLOSED_WITHIN_MS = 15_000;
    private static final int ROUNDS = 40;
    private static final int MAX_GROWTH_MIB = 96;

    @TempDir
    private static Path directory;

    private static StartedGateway gateway;
    private static KafkaProducer<String, String> bystander;
    private static int residentBeforeMib;

    @BeforeAll
    static void start() throws Exception {
        // Half a request line is no fault yet: it is the idle timeout that ends such a connection.
        gateway = StartedGateway.start(directory, Map.of("POLYLOG_HTTP_IDLE_TIMEOUT_MS", "3000"));
        bystander = new KafkaProducer<>(
                Map.of("bootstrap.servers", gateway.endpoint("kafka").toString(), "retries", 0),
                new StringSerializer(),
                new StringSerializer());
        publish();
        residentBeforeMib = gateway.residentMib();
    }

    @AfterAll
    static void stop() {
        bystander.close();
        gateway.close();
    }

    /** On the connection it has had from the start, without a retry. */
    @AfterEach
    void bystanderNoticedNothing() throws Exception {
        publish();
        assertThat(gateway.residentMib()).isLessThan(residentBeforeMib + MAX_GROWTH_MIB);
        assertThat(gateway.err()).doesNotContain("OutOfMemory");
    }

    private static void publish() throws Exception {
        bystander.send(new ProducerRecord<>("bystander", "still here")).get(20, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"kafka", "amqp", "mqtt", "http"})
    void frameBeyondTheLimitEndsTheConnection(String door) throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            assertThat(isClosedAfter(door, HostileInput.oversizedFrame(door))).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"kafka", "amqp", "mqtt", "http"})
    void randomBytesEndTheConnection(String door) throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            assertThat(isClosedAfter(door, HostileInput.randomBytes(round)))
                    .as("round %d", round)
                    .isTrue();
        }
    }

    static Stream<Arguments> foreignGreetings() {
        return Stream.of(DOORS)
                .flatMap(door -> HostileInput.GREETINGS.keySet().stream()
                        .filter(greeting -> !greeting.equals(door))
                        .map(greeting -> Arguments.of(door, greeting)));
    }

    @ParameterizedTest
    @MethodSource("foreignGreetings")
    void greetingOfAnotherProtocolEndsTheConnection(String door, String greeting) throws IOException {
        assertThat(isClosedAfter(door, HostileInput.GREETINGS.get(greeting))).isTrue();
    }

    /** Whether the gateway ends the connection by itself, whatever it may say before. */
    private static boolean isClosedAfter(String door, byte[] bytes) throws IOException {
        Endpoint endpoint = gateway.endpoint(door);
        try (Socket socket = new Socket(endpoint.host(), endpoint.port())) {
            socket.setSoTimeout(CLOSED_WITHIN_MS);
            try {
                socket.getOutputStream().write(bytes);
                InputStream in = socket.getInputStream();
                while (in.read() >= 0) {
                    // the protocol's own error, which its module tests byte by byte
                }
            } catch (SocketTimeoutException stillOpen) {
                return false;
            } catch (IOException reset) {
                return true;
            }
            return true;
        }
    }
}
