package io.polylog.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PacketRefusalTest {

    private static final String CONNECT_5 = "10 0d 0004 4d515454 05 02 0000 00 0000";
    private static final String CONNECT_4 = "10 0c 0004 4d515454 04 02 0000 0000";

    @ParameterizedTest(name = "{2}: {1}")
    @CsvSource({
        "PROTOCOL_ERROR, '47 45 54 20 2f 20 48 54 54 50', an HTTP greeting",
        "PROTOCOL_ERROR, '41 4d 51 50 00 01 00 00', an AMQP greeting",
        "PROTOCOL_ERROR, '00 00 00 2b 00 12 00 03', a Kafka request",
        "PROTOCOL_ERROR, '16 03 01 02 00', a TLS greeting",
        "PROTOCOL_ERROR, '30 05 0001 61 00 78', PUBLISH before CONNECT",
        "PROTOCOL_ERROR, '10 0c 0003 4d5154 04 02 0000 0000 00', another protocol name",
        "UNSUPPORTED_PROTOCOL_VERSION, '10 0c 0004 4d515454 06 02 0000 0000', protocol level 6",
        "UNSUPPORTED_PROTOCOL_VERSION, '10 0c 0004 4d515454 03 02 0000 0000', name and level of different versions",
        "MALFORMED_PACKET, '10 0c 0004 4d515454 04 03 0000 0000', reserved connect flag",
        "MALFORMED_PACKET, '10 0d 0004 4d515454 05 22 0000 00 0000', will retain without a will",
        "MALFORMED_PACKET, '10 0d 0004 4d515454 05 0a 0000 00 0000', will QoS without a will",
        "MALFORMED_PACKET, '10 0c 0004 4d515454 04 42 0000 0000', password without a user name",
        "MALFORMED_PACKET, '10 0d 0004 4d515454 05 02 0000 00 0009', client id beyond the packet",
        "MALFORMED_PACKET, '10 ff ff ff ff 7f', remaining length of 5 bytes",
        "PACKET_TOO_LARGE, '10 ff ff 7f 0004 4d515454', CONNECT of 2 MiB",
        "PROTOCOL_ERROR, '10 10 0004 4d515454 05 02 0000 03 210000 0000', receive maximum 0",
        "PROTOCOL_ERROR, '10 12 0004 4d515454 05 02 0000 05 2700000000 0000', maximum packet size 0",
        "PROTOCOL_ERROR, '10 13 0004 4d515454 05 02 0000 06 210001 210001 0000', receive maximum twice",
        "MALFORMED_PACKET, '10 10 0004 4d515454 05 02 0000 03 230001 0000', topic alias in CONNECT",
        "PROTOCOL_ERROR, '10 11 0004 4d515454 05 02 0000 04 16000161 0000', authentication data without method",
        "MALFORMED_PACKET, '10 0f 0004 4d515454 05 02 0000 02 2101 0000', property cut off",
    })
    void refusesBeforeConnect(ReasonCode reason, String hex, String what) {
        assertThat(new Wire().send(hex).violation()).as(what).isEqualTo(reason);
    }

    @ParameterizedTest(name = "{2}: {1}")
    @CsvSource({
        "MALFORMED_PACKET, '00 00', packet type 0",
        "MALFORMED_PACKET, '36 07 0001 61 0001 00 78', PUBLISH with QoS 3",
        "MALFORMED_PACKET, '38 05 0001 61 00 78', DUP with QoS 0",
        "MALFORMED_PACKET, '30 05 0001 2b 00 78', PUBLISH to a wildcard",
        "MALFORMED_PACKET, '32 07 0001 61 0000 00 78', packet identifier 0",
        "MALFORMED_PACKET, '30 05 0001 00 00 78', U+0000 in a topic",
        "MALFORMED_PACKET, '30 06 0002 c0af 00 78', overlong UTF-8",
        "MALFORMED_PACKET, '30 07 0003 eda080 00 78', a surrogate",
        "MALFORMED_PACKET, '30 03 0005 61', topic beyond the packet",
        "PROTOCOL_ERROR, '30 04 0000 00 78', PUBLISH without topic or alias",
        "TOPIC_ALIAS_INVALID, '30 07 0000 03 230000 78', topic alias 0",
        "PROTOCOL_ERROR, '30 08 0001 61 02 0102 78 79', payload format 2",
        "PROTOCOL_ERROR, '30 0a 0001 61 04 0101 0101 78 79', payload format twice",
        "MALFORMED_PACKET, '30 07 0001 61 02 0b01 78', subscription identifier from a client",
        "MALFORMED_PACKET, '30 05 0001 61 7f 78', properties beyond the packet",
        "MALFORMED_PACKET, '30 06 0001 61 8000 78', property length not in its shortest form",
        "PROTOCOL_ERROR, '82 03 0001 00', SUBSCRIBE without a filter",
        "MALFORMED_PACKET, '80 07 0001 00 0001 61 00', SUBSCRIBE with wrong fixed header flags",
        "MALFORMED_PACKET, '82 07 0001 00 0001 61 03', SUBSCRIBE with QoS 3",
        "MALFORMED_PACKET, '82 07 0001 00 0001 61 40', reserved subscription option bits",
        "PROTOCOL_ERROR, '82 07 0001 00 0001 61 30', retain handling 3",
        "PROTOCOL_ERROR, '82 09 0001 02 0b00 0001 61 00', subscription identifier 0",
        "PROTOCOL_ERROR, 'a2 03 0001 00', UNSUBSCRIBE without a filter",
        "PROTOCOL_ERROR, '20 03 00 00 00', CONNACK from a client",
        "PROTOCOL_ERROR, '90 04 0001 00 00', SUBACK from a client",
        "PROTOCOL_ERROR, 'd0 00', PINGRESP from a client",
        "MALFORMED_PACKET, 'c0 01 00', PINGREQ with a body",
        "MALFORMED_PACKET, 'c1 00', PINGREQ with flags",
        "MALFORMED_PACKET, 'e0 05 00 03 1c0000', DISCONNECT with a server reference",
        "MALFORMED_PACKET, '60 02 0001', PUBREL with wrong flags",
        "PACKET_TOO_LARGE, '30 ff ff ff 7f', PUBLISH of 256 MiB",
        "PACKET_TOO_LARGE, '82 81 80 08', SUBSCRIBE over 128 KiB",
    })
    void refusesInMqtt5(ReasonCode reason, String hex, String what) {
        assertThat(new Wire().send(CONNECT_5).send(hex).violation()).as(what).isEqualTo(reason);
    }

    @ParameterizedTest(name = "{2}: {1}")
    @CsvSource({
        "MALFORMED_PACKET, '82 06 0001 0001 61 04', subscription options of MQTT 5",
        "MALFORMED_PACKET, 'e0 01 00', DISCONNECT with a body",
        "MALFORMED_PACKET, '40 03 0001 00', PUBACK with a reason",
        "MALFORMED_PACKET, 'f0 00', AUTH",
        "PROTOCOL_ERROR, '30 03 0000 78', PUBLISH without a topic",
    })
    void refusesInMqtt311(ReasonCode reason, String hex, String what) {
        assertThat(new Wire().send(CONNECT_4).send(hex).violation()).as(what).isEqualTo(reason);
    }

    @Test
    void acceptsPacketsInAnyPieces() {
        String packets = CONNECT_5 + "30 05 0001 61 00 78" + "82 07 0001 00 0001 61 01" + "c0 00" + "e0 00";
        byte[] bytes = hex(packets);
        for (int piece = 1; piece <= bytes.length; piece++) {
            Wire wire = new Wire();
            for (int from = 0; from < bytes.length; from += piece) {
                wire.send(bytes, from, Math.min(piece, bytes.length - from));
            }
            assertThat(wire.violation).as("pieces of %s", piece).isNull();
            assertThat(wire.types)
                    .as("pieces of %s", piece)
                    .containsExactly("CONNECT", "PUBLISH", "SUBSCRIBE", "PINGREQ", "DISCONNECT");
        }
    }

    @Test
    void dropsWhatFollowsAFault() {
        Wire wire = new Wire().send(CONNECT_5).send("30 03 0005 61").send("c0 00");
        assertThat(wire.types).containsExactly("CONNECT");
    }

    @Test
    void survivesRandomBytes() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            Wire wire = new Wire();
            if (random.nextInt(4) != 0) {
                wire.send(random.nextBoolean() ? CONNECT_5 : CONNECT_4);
            }
            byte[] noise = new byte[1 + random.nextInt(60)];
            random.nextBytes(noise);
            if (random.nextBoolean()) {
                noise[0] = (byte) (random.nextInt(16) << 4 | (random.nextBoolean() ? 2 : 0));
                if (noise.length > 1) {
                    noise[1] = (byte) (noise.length - 2);
                }
            }
            wire.send(noise, 0, noise.length);
            assertThat(wire.other).as("seed %s round %s", seed, round).isNull();
        }
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    /** A server's pipeline with a handler that remembers. */
    private static final class Wire {
        private final List<String> types = new ArrayList<>();
        private final EmbeddedChannel channel = new EmbeddedChannel();
        private ProtocolViolation violation;
        private Throwable other;

        Wire() {
            MqttPipeline.install(
                    channel.pipeline(), new PacketLimits(1 << 20), version -> new ChannelInboundHandlerAdapter() {
                        @Override
                        public void channelRead(ChannelHandlerContext ctx, Object message) {
                            types.add(((MqttMessage) message)
                                    .fixedHeader()
                                    .messageType()
                                    .name());
                            ReferenceCountUtil.release(message);
                        }

                        @Override
                        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                            if (cause instanceof ProtocolViolation found) {
                                violation = found;
                            } else {
                                other = cause;
                            }
                        }
                    });
        }

        Wire send(String hex) {
            byte[] bytes = hex(hex);
            return send(bytes, 0, bytes.length);
        }

        Wire send(byte[] bytes, int offset, int length) {
            channel.writeInbound(Unpooled.copiedBuffer(bytes, offset, length));
            return this;
        }

        ReasonCode violation() {
            assertThat(other).isNull();
            return violation == null ? null : violation.reason();
        }
    }
}
