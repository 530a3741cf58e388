package io.polylog.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.mqtt.Paho5.Received;
import io.polylog.time.NanoClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class WillTest {

    private static final NanoClock CLOCK = NanoClock.system();

    private static final String LASTS = "11 00000e10";
    private static final String AFTER_A_SECOND = "18 00000001";
    private static final String AFTER_AN_HOUR = "18 00000e10";

    @TempDir
    Path directory;

    @TempDir
    Path copy;

    private MqttGateway gateway;

    @BeforeEach
    void open() throws IOException {
        gateway = new MqttGateway(directory, Map.of());
    }

    @AfterEach
    void close() throws IOException {
        gateway.close();
    }

    @Test
    void isPublishedAfterItsDelay() throws Exception {
        try (Paho5 subscriber = new Paho5(gateway, "sub")) {
            subscriber.subscribe("w/#", 2);
            WireClient client = new WireClient(gateway, 5);
            client.connectWithWill("c", true, LASTS, AFTER_A_SECOND, "w/c", "bye")
                    .next();
            long lostAt = CLOCK.nanoTime();
            client.close();
            Received will = subscriber.next();
            assertThat(will.text()).isEqualTo("bye");
            assertThat(CLOCK.nanoTime() - lostAt).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(900));
        }
    }

    @Test
    void isTakenBackByAnOrderlyEndOrAReturn() throws Exception {
        try (Paho5 subscriber = new Paho5(gateway, "sub")) {
            subscriber.subscribe("w/#", 1);
            WireClient orderly = new WireClient(gateway, 5);
            orderly.connectWithWill("a", true, LASTS, "", "w/a", "orderly").next();
            orderly.disconnect();
            WireClient lost = new WireClient(gateway, 5);
            lost.connectWithWill("b", true, LASTS, AFTER_AN_HOUR, "w/b", "returned")
                    .next();
            lost.close();
            WireClient back = new WireClient(gateway, 5);
            assertThat(back.connect("b", false, LASTS).next()).isEqualTo("CONNACK present=1 00");
            back.disconnect();
            WireClient last = new WireClient(gateway, 5);
            last.connectWithWill("c", true, "", "", "w/c", "lost").next();
            last.close();
            assertThat(subscriber.next().text()).isEqualTo("lost");
            assertThat(subscriber.received).isEmpty();
        }
    }

    @Test
    void isPublishedWhenTheClientAsksOrItsSessionEnds() throws Exception {
        try (Paho5 subscriber = new Paho5(gateway, "sub")) {
            subscriber.subscribe("w/#", 1);
            WireClient asks = new WireClient(gateway, 5);
            asks.connectWithWill("a", true, "", "", "w/a", "asked").next();
            asks.raw("e0 01 04").close();
            assertThat(subscriber.next().text()).isEqualTo("asked");
            WireClient lost = new WireClient(gateway, 5);
            lost.connectWithWill("b", true, LASTS, AFTER_AN_HOUR, "w/b", "ended")
                    .next();
            lost.close();
            try (WireClient fresh = new WireClient(gateway, 5)) {
                fresh.connect("b", true, "").next();
                assertThat(subscriber.next().text()).isEqualTo("ended");
            }
            WireClient brief = new WireClient(gateway, 5);
            brief.connectWithWill("d", true, "11 00000001", AFTER_AN_HOUR, "w/d", "expired")
                    .next();
            brief.close();
            assertThat(subscriber.next().text()).isEqualTo("expired");
        }
    }

    @Test
    void isPublishedAfterAKillOnceAndRetained() throws Exception {
        WireClient client = new WireClient(gateway, 4);
        // CONNECT of MQTT 3.1.1 with a retained will of QoS 1: topic w/k, payload x
        client.raw("10 15 0004 4d515454 04 2e 0000 0001 6b 0003 772f6b 0001 78");
        assertThat(client.next()).isEqualTo("CONNACK present=0 00");
        try (MqttGateway next = gateway.afterKill(copy);
                Paho5 subscriber = new Paho5(next, "sub")) {
            subscriber.subscribe("w/#", 1);
            Received will = subscriber.next();
            assertThat(will.topic()).isEqualTo("w/k");
            assertThat(will.text()).isEqualTo("x");
            try (Paho5 late = new Paho5(next, "late")) {
                late.subscribe("w/k", 1);
                assertThat(late.next().message().isRetained()).isTrue();
            }
            assertThat(subscriber.received).isEmpty();
        }
        client.close();
    }
}
