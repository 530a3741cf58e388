package io.polylog.camel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.polylog.record.Header;
import io.polylog.record.Record;
import io.polylog.testkit.FreePorts;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** YAML routes on a real log. */
@Timeout(60)
class RoutesTest {

    @TempDir
    private Path directory;

    private RoutedGateway gateway;

    @BeforeEach
    void open() throws IOException {
        gateway = new RoutedGateway(directory);
    }

    @AfterEach
    void close() throws Exception {
        gateway.close();
    }

    @Test
    void filtersAndEnrichesFromOneTopicToAnother() throws Exception {
        gateway.write("eu.camel.yaml", """
                - route:
                    id: eu-orders
                    from:
                      uri: polylog:orders
                      parameters: { group: eu, startAt: earliest }
                      steps:
                        - filter:
                            simple: "${header.region} == 'eu'"
                            steps:
                              - setHeader: { name: checked-by, constant: eu-orders }
                              - to: polylog:orders-eu
                """);
        gateway.start();
        gateway.publish(
                "orders", "k1", "first", Header.text("region", "eu"), Header.text("tag", "a"), Header.text("tag", "b"));
        gateway.publish("orders", "k2", "second", Header.text("region", "us"));
        gateway.publish("orders", "k3", "third", Header.text("region", "eu"));

        await().untilAsserted(() -> assertThat(gateway.read("orders-eu")).hasSize(2));
        Record first = gateway.read("orders-eu").get(0);
        assertThat(first.key()).asString(UTF_8).isEqualTo("k1");
        assertThat(first.value()).asString(UTF_8).isEqualTo("first");
        assertThat(first.headers().asList())
                .extracting(header -> header.key() + "=" + header.text())
                .containsExactlyInAnyOrder("region=eu", "tag=a", "tag=b", "checked-by=eu-orders");
        assertThat(gateway.read("orders-eu").get(1).value()).asString(UTF_8).isEqualTo("third");
    }

    @Test
    void redeliversARecordOnWhichTheRouteFailed() throws Exception {
        gateway.write("retry.yaml", """
                - route:
                    id: third-time
                    from:
                      uri: polylog:jobs
                      parameters: { group: workers, startAt: earliest, redeliveryDelayMs: 5 }
                      steps:
                        - choice:
                            when:
                              - simple: "${header.CamelPolylogFailures} < 2"
                                steps:
                                  - throwException: { exceptionType: java.lang.IllegalStateException, message: not yet }
                        - to: polylog:done
                """);
        gateway.start();
        gateway.publish("jobs", "k", "work");

        await().untilAsserted(() -> assertThat(gateway.read("done")).hasSize(1));
        assertThat(gateway.messages())
                .filteredOn(line -> line.contains("route failed"))
                .hasSize(2);
        assertThat(gateway.logged()).allMatch(event -> event.getThrowableProxy() == null);
    }

    @Test
    void aHandledFailureCountsAsDone() throws Exception {
        gateway.write("handled.yaml", """
                - onException:
                    exception: [ java.lang.IllegalStateException ]
                    handled: { constant: { expression: "true" } }
                    steps:
                      - to: polylog:broken
                - route:
                    from:
                      uri: polylog:jobs?group=workers&startAt=earliest&redeliveryDelayMs=5
                      steps:
                        - filter:
                            simple: "${bodyAs(String)} == 'bad'"
                            steps:
                              - throwException: { exceptionType: java.lang.IllegalStateException, message: bad one }
                        - to: polylog:done
                """);
        gateway.start();
        gateway.publish("jobs", "k", "bad");
        gateway.publish("jobs", "k", "good");

        await().untilAsserted(() -> assertThat(gateway.read("done")).hasSize(1));
        await().untilAsserted(() -> assertThat(gateway.read("broken")).hasSize(1));
        assertThat(gateway.messages()).noneMatch(line -> line.contains("route failed"));
    }

    @Test
    void writesToTheChosenPartitionAndOnlyWhatARecordCanHold() throws Exception {
        gateway.write("tick.yaml", """
                - route:
                    from:
                      uri: timer:once?repeatCount=1&delay=0
                      steps:
                        - setHeader: { name: CamelPolylogKey, constant: device-1 }
                        - setHeader: { name: CamelPolylogTargetPartition, constant: 0 }
                        - setHeader: { name: count, simple: { expression: "41", resultType: int } }
                        - setBody: { constant: "größer" }
                        - to: direct:out
                - route:
                    from:
                      uri: direct:out
                      steps:
                        - log: "sent"
                        - to: polylog:ticks
                """);
        gateway.start();
        await().untilAsserted(() -> assertThat(gateway.read("ticks")).hasSize(1));
        Record tick = gateway.read("ticks").get(0);
        assertThat(tick.key()).asString(UTF_8).isEqualTo("device-1");
        assertThat(tick.value()).asString(UTF_8).isEqualTo("größer");
        assertThat(tick.headers().asList())
                .extracting(header -> header.key() + "=" + header.text())
                .containsExactly("count=41");
    }

    @Test
    void followsATopicThatIsDeletedAndCreatedAgain() throws Exception {
        gateway.write("copy.yaml", RoutedGateway.route("copy", "polylog:in?group=g&startAt=earliest", "polylog:out"));
        gateway.start();
        gateway.publish("in", "k", "before");
        await().untilAsserted(() -> assertThat(gateway.read("out")).hasSize(1));
        gateway.context().topics().delete("in").toCompletableFuture().get();
        await().untilAsserted(() ->
                assertThat(gateway.messages()).anyMatch(line -> line.contains("route has lost its input")));
        gateway.publish("in", "k", "after");
        await().untilAsserted(() -> assertThat(gateway.read("out")).hasSize(2));
    }

    @Test
    void deliversAgainAfterAStopWhatWasNotDone() throws Exception {
        gateway.write("r.yaml", """
                - route:
                    id: failing
                    from:
                      uri: polylog:in?group=g&startAt=earliest&redeliveryDelayMs=60000
                      steps:
                        - throwException: { exceptionType: java.lang.IllegalStateException, message: no }
                """);
        gateway.start();
        gateway.publish("in", "k", "work");
        await().untilAsserted(() -> assertThat(gateway.messages()).anyMatch(line -> line.contains("route failed")));
        gateway.stop();

        gateway.write("r.yaml", RoutedGateway.route("r", "polylog:in?group=g", "polylog:out"));
        gateway.start();
        await().untilAsserted(() -> assertThat(gateway.read("out")).hasSize(1));
    }

    @Test
    void delayOfAnOutputHoldsBackAndNeverComesEarly() throws Exception {
        gateway.write(
                "r.yaml", RoutedGateway.route("r", "polylog:in?group=g&startAt=earliest", "polylog:out?delay=1s"));
        gateway.start();
        long before = gateway.context().epochClock().timeMs();
        gateway.publish("in", "k", "v");
        await().untilAsserted(() -> assertThat(gateway.read("out")).hasSize(1));
        long after = gateway.context().epochClock().timeMs();
        Record fired = gateway.read("out").get(0);
        long due =
                Long.parseLong(fired.headers().lastText("polylog-scheduled-at").orElseThrow());
        assertThat(due).isBetween(before + 1_000, after);
        assertThat(fired.timestampMs()).isEqualTo(due);
    }

    @Test
    void aRecordThatAlwaysFailsBecomesADeadLetter() throws Exception {
        gateway.write("r.yaml", """
                - route:
                    from:
                      uri: polylog:in?group=g&startAt=earliest&redeliveryDelayMs=0
                      steps:
                        - throwException: { exceptionType: java.lang.IllegalStateException, message: never }
                """);
        gateway.start();
        gateway.publish("in", "k", "v");
        await().untilAsserted(() -> assertThat(gateway.read("in.dlq")).hasSize(1));
    }

    @Test
    void aFarSideThatIsDownMakesNoDeadLettersHoweverLongItTakes() throws Exception {
        int nobody = FreePorts.next();
        gateway.write(
                "r.yaml",
                RoutedGateway.route(
                        "r",
                        "polylog:in?group=g&startAt=earliest&redeliveryDelayMs=0",
                        "paho-mqtt5:far?brokerUrl=tcp://127.0.0.1:" + nobody));
        gateway.start();
        gateway.publish("in", "k", "v");
        int moreThanTheLimit = 50;
        await().until(() -> Integer.parseInt(gateway.row().get("failed")) > moreThanTheLimit);
        assertThat(gateway.context().topics().find("in.dlq")).isEmpty();
        assertThat(gateway.messages())
                .filteredOn(line -> line.contains("far side of a route is down"))
                .hasSize(1);
    }
}
