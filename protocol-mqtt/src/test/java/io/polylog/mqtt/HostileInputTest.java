package io.polylog.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What strangers send must not trouble the client beside them. */
class HostileInputTest {

    @TempDir
    Path directory;

    private MqttGateway gateway;

    @BeforeEach
    void open() throws IOException {
        gateway = new MqttGateway(directory, Map.of("mqtt.connect-timeout-seconds", "1", "mqtt.receive-maximum", "10"));
    }

    @AfterEach
    void close() throws IOException {
        gateway.close();
    }

    @Test
    void closesStrangersWhileAClientWorksOn() throws Exception {
        String[] greetings = {
            "47 45 54 20 2f 20 48 54 54 50 2f 31 2e 31 0d 0a 0d 0a", // HTTP
            "41 4d 51 50 00 01 00 00", // AMQP 1.0
            "00 00 00 2b 00 12 00 03 00 00 00 01", // Kafka ApiVersions
            "16 03 01 02 00 01 00 01 fc 03 03", // TLS
            "10 ff ff ff 7f", // a CONNECT of 256 MiB
            "10 ff ff ff ff 7f", // a length that is none
        };
        try (Paho5 client = new Paho5(gateway, "beside")) {
            client.subscribe("beside", 1);
            for (String greeting : greetings) {
                try (RawClient stranger = new RawClient(gateway.port())) {
                    assertThat(stranger.send(greeting).untilClosed())
                            .as(greeting)
                            .isEmpty();
                }
                client.publish("beside", greeting, 1);
                assertThat(client.next().text()).isEqualTo(greeting);
            }
            Random random = new Random(7);
            byte[] noise = new byte[256];
            for (int i = 0; i < 50; i++) {
                random.nextBytes(noise);
                noise[0] = 0;
                try (RawClient stranger = new RawClient(gateway.port())) {
                    stranger.send(java.util.HexFormat.of().formatHex(noise)).untilClosed();
                }
            }
            client.publish("beside", "still here", 1);
            assertThat(client.next().text()).isEqualTo("still here");
        }
    }

    @Test
    void saysWhyInMqtt5() throws Exception {
        String[][] exchanges = {
            {"30 03 0005 61", "e00181"}, // malformed
            {"30 05 0001 0a 00 78", "e00190"}, // control character in a topic
            {"30 08 0001 61 03 230021 78", "e00194"}, // alias 33 of 32
            {RawClient.CONNECT_5, "e00182"}, // second CONNECT
            {"f0 00", "e00182"}, // AUTH
            {"e0 07 00 05 11 00000005", "e00182"}, // session expiry where there was none
            {"82 10 0001 00 000a 2473686172652f672f61 05", "e00182"}, // shared and No Local
            {"30 80 80 80 01", "e00195"}, // a PUBLISH of 2 MiB
        };
        for (String[] exchange : exchanges) {
            try (RawClient client = new RawClient(gateway.port())) {
                client.send(RawClient.CONNECT_5).packet();
                assertThat(client.send(exchange[0]).untilClosed())
                        .as(exchange[0])
                        .isEqualTo(exchange[1]);
            }
        }
    }

    @Test
    void saysWhyInConnack() throws Exception {
        String[][] exchanges = {
            {"10 11 0004 4d515454 05 02 0000 04 15 0001 61 0000", "20 03 00 8c 00"}, // authentication method
            {"10 15 0004 4d515454 05 06 0000 00 0001 61 00 0001 2b 0001 78", "20 03 00 90 00"}, // will to +
        };
        for (String[] exchange : exchanges) {
            try (RawClient client = new RawClient(gateway.port())) {
                assertThat(client.send(exchange[0]).untilClosed())
                        .as(exchange[0])
                        .isEqualTo(exchange[1].replace(" ", ""));
            }
        }
    }

    @Test
    void answersRequestsThatBelongToNothing() throws Exception {
        try (RawClient client = new RawClient(gateway.port())) {
            client.send(RawClient.CONNECT_5).packet();
            assertThat(client.send("62 02 0001").packet()).isEqualTo("7003000192");
            assertThat(client.send("40 02 0001 c0 00").packet()).isEqualTo("d000");
        }
    }

    @Test
    void disconnectsWhoExceedsTheReceiveMaximum() throws Exception {
        StringBuilder flood = new StringBuilder();
        for (int i = 1; i <= 200; i++) {
            flood.append("32 07 0001 61 %04x 00 78 ".formatted(i));
        }
        try (RawClient client = new RawClient(gateway.port())) {
            client.send(RawClient.CONNECT_5).packet();
            assertThat(client.send(flood.toString()).untilClosed()).endsWith("e00193");
        }
    }

    @Test
    void closesWhoNeverConnects() throws Exception {
        try (RawClient client = new RawClient(gateway.port())) {
            assertThat(client.send("10 0d 0004 4d").untilClosed()).isEmpty();
        }
    }

    @Test
    void closesWhoIsSilentForLongerThanItsKeepAlive() throws Exception {
        try (RawClient five = new RawClient(gateway.port());
                RawClient four = new RawClient(gateway.port())) {
            five.send("10 0d 0004 4d515454 05 02 0001 00 0000").packet();
            four.send("10 0c 0004 4d515454 04 02 0001 0000").packet();
            assertThat(five.untilClosed()).isEqualTo("e0018d");
            assertThat(four.untilClosed()).isEmpty();
        }
    }
}
