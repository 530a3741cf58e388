package io.polylog.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.record.Headers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Mqtt3Test {

    @TempDir
    Path directory;

    private MqttGateway gateway;

    @BeforeEach
    void open() throws IOException {
        gateway = new MqttGateway(directory, Map.of());
    }

    @AfterEach
    void close() throws IOException {
        gateway.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {MqttConnectOptions.MQTT_VERSION_3_1, MqttConnectOptions.MQTT_VERSION_3_1_1})
    void carriesMessages(int version) throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        MqttConnectOptions options = new MqttConnectOptions();
        options.setMqttVersion(version);
        try (MqttClient client = new MqttClient(gateway.uri(), "client", new MemoryPersistence())) {
            client.connect(options);
            client.subscribe(
                    "sport/#",
                    1,
                    (topic, message) -> received.add(
                            topic + "=" + new String(message.getPayload(), UTF_8) + "@" + message.getQos()));
            client.publish("sport/tennis", "ace".getBytes(UTF_8), 1, false);
            client.publish("sport", "zero".getBytes(UTF_8), 0, false);
            client.publish("sport/kept", "now".getBytes(UTF_8), 1, true);
            List<String> got = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                got.add(received.poll(20, TimeUnit.SECONDS));
            }
            assertThat(got).containsExactlyInAnyOrder("sport/tennis=ace@1", "sport=zero@0", "sport/kept=now@1");
            client.disconnect();
        }
    }

    @Test
    void grantsQos2AndSharesAndFailsTheRest() throws Exception {
        try (RawClient client = new RawClient(gateway.port())) {
            assertThat(client.send(RawClient.CONNECT_4).packet()).isEqualTo("20020000");
            // a with QoS 2, $share/g/a, a#
            client.send("82 18 0001 0001 61 02 000a 2473686172652f672f61 01 0002 6123 01");
            assertThat(client.packet()).isEqualTo("90050001020180");
        }
    }

    @Test
    void closesOnWhatItCannotRefuse() throws Exception {
        try (RawClient client = new RawClient(gateway.port())) {
            client.send(RawClient.CONNECT_4).packet();
            client.send("32 11 000c 2464656c617965642f782f78 0001 78"); // $delayed/x/x
            assertThat(client.untilClosed()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10 0c 0004 4d515454 04 00 0000 0000 -> 20020002", // no identifier, lasting session
                "10 0c 0004 4d515454 02 02 0000 0000 -> 20020001", // protocol level 2
                "10 0c 0004 4d515454 06 02 0000 0000 -> 2003008400", // protocol level 6
                "10 0d 0004 4d515454 05 02 0000 00 ffff -> 2003008100", // client identifier beyond the packet
                "10 0d 0004 4d515454 04 02 0000 0001 0a -> 20020002", // a control character as identifier
            })
    void refusesInTheDialectOfTheClient(String exchange) throws Exception {
        String[] parts = exchange.split(" -> ");
        try (RawClient client = new RawClient(gateway.port())) {
            assertThat(client.send(parts[0]).untilClosed()).isEqualTo(parts[1]);
        }
    }

    @Test
    void showsTombstonesAsEmptyPayloads() throws Exception {
        gateway.createTopic("orders", 1);
        try (RawClient client = new RawClient(gateway.port())) {
            client.send(RawClient.CONNECT_4).packet();
            client.send("82 0d 0001 0008 6f72646572732f23 00").packet();
            gateway.publish("orders", "k", "", Headers.EMPTY);
            assertThat(client.packet()).isEqualTo("300a00086f72646572732f6b");
        }
    }
}
