package io.polylog.server.badinput;

import static io.polylog.server.badinput.MqttWire.CONNECT_4;
import static io.polylog.server.badinput.MqttWire.CONNECT_5;
import static io.polylog.server.badinput.MqttWire.binary;
import static io.polylog.server.badinput.MqttWire.connectOf;
import static io.polylog.server.badinput.MqttWire.hex;
import static io.polylog.server.badinput.MqttWire.join;
import static io.polylog.server.badinput.MqttWire.packet;
import static io.polylog.server.badinput.MqttWire.text;
import static io.polylog.server.badinput.MqttWire.variable;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Index.atIndex;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an MQTT client must not send, and what the reason code is (MQTT 5 §2.4). */
final class MqttRows {

    private static final int PUBLISH = 0x30;
    private static final int PUBLISH_QOS_1 = 0x32;
    private static final int SUBSCRIBE = 0x82;

    private static final int MALFORMED = 0x81;
    private static final int PROTOCOL_ERROR = 0x82;
    private static final int CLIENT_ID_NOT_VALID = 0x85;
    private static final int FILTER_INVALID = 0x8f;
    private static final int TOPIC_INVALID = 0x90;
    private static final int ALIAS_INVALID = 0x94;
    private static final int TOO_LARGE = 0x95;

    private MqttRows() {}

    static List<BadRow> all() {
        List<BadRow> rows = new ArrayList<>();
        addLengths(rows);
        addProperties(rows);
        addFlags(rows);
        addPacketIds(rows);
        addTopics(rows);
        addFilters(rows);
        addConnects(rows);
        return rows;
    }

    private static void addLengths(List<BadRow> rows) {
        Clause clause = Clause.MQTT_REMAINING_LENGTH;
        rows.add(new BadRow(
                clause,
                "of five bytes in a CONNECT",
                Door.MQTT,
                stranger -> stranger.send(hex("10 ff ff ff ff 7f")),
                Expected.closed()));
        rows.add(new BadRow(
                clause,
                "of 256 MiB in a CONNECT",
                Door.MQTT,
                stranger -> stranger.send(hex("10 ff ff ff 7f")),
                Expected.closed()));
        rows.add(disconnected(clause, "of five bytes", MALFORMED, hex("30 ff ff ff ff 7f")));
        rows.add(disconnected(clause, "of 256 MiB", TOO_LARGE, hex("30 ff ff ff 7f")));
        rows.add(disconnected(clause, "of 2 MiB", TOO_LARGE, hex("30 80 80 80 01")));
        rows.add(disconnected(clause, "0", MALFORMED, hex("30 00")));
        rows.add(disconnected(clause, "too short", MALFORMED, hex("30 03 0005 61")));
        rows.add(disconnected(clause, "PINGREQ with a body", MALFORMED, hex("c0 01 00")));
        Clause properties = Clause.MQTT_PROPERTY_LENGTH;
        rows.add(disconnected(properties, "beyond the packet", MALFORMED, hex("30 05 0001 61 7f 78")));
        rows.add(disconnected(properties, "of 256 MiB", TOO_LARGE, hex("30 07 0001 61 ff ff ff 7f")));
        rows.add(disconnected(properties, "of five bytes", MALFORMED, hex("30 08 0001 61 ff ff ff ff 7f")));
        rows.add(disconnected(properties, "one too short", MALFORMED, hex("30 0a 0001 61 04 02 0000003c 78")));
        // 129 bytes that end in a property of one byte, which leaked into the payload once (netty#17105).
        byte[] contentType = join(hex("03"), text("t".repeat(124)));
        rows.add(new BadRow(
                properties,
                "of over 128 bytes, ending in a small one",
                Door.MQTT,
                connected(publish("strange/long", join(contentType, hex("01 01")))),
                stays()));
    }

    private static void addProperties(List<BadRow> rows) {
        Clause clause = Clause.MQTT_PROPERTY_NOT_ALLOWED;
        rows.add(disconnected(clause, "twice", PROTOCOL_ERROR, publish("a", hex("02 00000001 02 00000001"))));
        rows.add(disconnected(clause, "of a CONNECT", MALFORMED, publish("a", hex("21 000a"))));
        rows.add(disconnected(clause, "without a meaning", MALFORMED, publish("a", hex("7e 00"))));
        rows.add(disconnected(clause, "payload format 2", PROTOCOL_ERROR, publish("a", hex("01 02"))));
        rows.add(disconnected(clause, "subscription id of a PUBLISH", MALFORMED, publish("a", hex("0b 01"))));
        rows.add(connack(clause, "receive maximum 0", PROTOCOL_ERROR, connect(hex("21 0000"), text("p"))));
        rows.add(connack(clause, "packet size 0", PROTOCOL_ERROR, connect(hex("27 00000000"), text("p"))));
        rows.add(connack(clause, "twice in a CONNECT", PROTOCOL_ERROR, connect(hex("21 0001 21 0001"), text("p"))));
        rows.add(connack(clause, "data without a method", PROTOCOL_ERROR, connect(hex("16 0001 61"), text("p"))));
        Clause flood = Clause.MQTT_USER_PROPERTY_FLOOD;
        byte[] user = join(hex("26"), text("k"), text("v"));
        rows.add(disconnected(flood, "of 20,000", TOO_LARGE, publish("a", many(user, 20_000))));
        rows.add(connack(flood, "of 20,000 in a CONNECT", TOO_LARGE, connect(many(user, 20_000), text("p"))));
        rows.add(disconnected(
                Clause.MQTT_SUBSCRIPTION_ID,
                "0",
                PROTOCOL_ERROR,
                packet(SUBSCRIBE, hex("0001 02 0b 00"), text("a"), hex("00"))));
    }

    private static byte[] many(byte[] part, int count) {
        byte[][] parts = new byte[count][];
        Arrays.fill(parts, part);
        return join(parts);
    }

    private static void addFlags(List<BadRow> rows) {
        Clause clause = Clause.MQTT_RESERVED_FLAGS;
        Map<String, byte[]> wrong = new LinkedHashMap<>();
        wrong.put("QoS 3", packet(0x36, text("a"), hex("0001 00")));
        wrong.put("DUP with QoS 0", packet(0x38, text("a"), hex("00")));
        wrong.put("SUBSCRIBE", packet(0x80, hex("0001 00"), text("a"), hex("00")));
        wrong.put("PUBREL", hex("60 02 0001"));
        wrong.put("PUBACK", hex("41 02 0001"));
        wrong.put("PINGREQ", hex("c1 00"));
        wrong.put("DISCONNECT", hex("e1 00"));
        wrong.put("subscription options", packet(SUBSCRIBE, hex("0001 00"), text("a"), hex("c0")));
        wrong.put("packet type 0", hex("00 00"));
        wrong.forEach((detail, bytes) -> rows.add(disconnected(clause, detail, MALFORMED, bytes)));
        rows.add(connack(
                clause, "of a CONNECT", MALFORMED, packet(0x10, text("MQTT"), hex("05 03 0000 00"), text("r"))));
    }

    private static void addPacketIds(List<BadRow> rows) {
        Clause clause = Clause.MQTT_PACKET_ID;
        rows.add(disconnected(clause, "0 in a PUBLISH", MALFORMED, packet(PUBLISH_QOS_1, text("a"), hex("0000 00"))));
        rows.add(disconnected(clause, "0 in a SUBSCRIBE", MALFORMED, hex("82 07 0000 00 0001 61 00")));
        rows.add(new BadRow(
                clause,
                "PUBREL without PUBREC",
                Door.MQTT,
                connected(hex("62 02 0007")),
                Expected.answered(
                        stranger -> assertThat(MqttWire.hear(stranger)).isEqualTo(hex("70 03 0007 92")))));
        byte[] once = packet(0x34, text("strange/once"), hex("0007 00"), new byte[] {'x'});
        rows.add(new BadRow(
                clause,
                "in flight again",
                Door.MQTT,
                connected(join(once, once)),
                Expected.answered(
                        stranger -> { // taken once
                            assertThat(MqttWire.hear(stranger)).startsWith(0x50, 2, 0, 7);
                            stranger.send(hex("62 02 0007"));
                            assertThat(MqttWire.hear(stranger)).startsWith(0x70, 2, 0, 7);
                        })));
        rows.add(new BadRow(
                clause,
                "acknowledges what was never sent",
                Door.MQTT,
                connected(hex("40 02 0001 50 02 0002")),
                Expected.answered(
                        stranger -> assertThat(MqttWire.hear(stranger)).isEqualTo(hex("62 03 0002 92")))));
    }

    private static void addTopics(List<BadRow> rows) {
        Clause clause = Clause.MQTT_TOPIC;
        for (String name : List.of("a/#", "a/+/b", "a\u0000b")) {
            rows.add(disconnected(clause, shown(name), MALFORMED, publish(name)));
        }
        rows.add(disconnected(clause, "escape", TOPIC_INVALID, publish("a\u001bb")));
        rows.add(disconnected(clause, "60,000 levels", TOPIC_INVALID, publish("/".repeat(60_000))));
        byte[] surrogate = {'a', (byte) 0xed, (byte) 0xa0, (byte) 0x80}; // U+D800, MQTT 5 §1.5.4
        rows.add(disconnected(clause, "a lone surrogate", MALFORMED, packet(PUBLISH, binary(surrogate), hex("00"))));
        byte[] endless = {'a', (byte) 0xff, (byte) 0xfe};
        rows.add(disconnected(clause, "no UTF-8", MALFORMED, packet(PUBLISH, binary(endless), hex("00"))));
        rows.add(disconnected(clause, "none", PROTOCOL_ERROR, publish("")));
        Clause alias = Clause.MQTT_TOPIC_ALIAS;
        rows.add(disconnected(alias, "0", ALIAS_INVALID, publish("a", hex("23 0000"))));
        rows.add(disconnected(alias, "above the maximum", ALIAS_INVALID, publish("a", hex("23 000b"))));
        rows.add(disconnected(alias, "never given", PROTOCOL_ERROR, publish("", hex("23 0003"))));
    }

    private static String shown(String name) {
        return name.replaceAll("\\p{Cntrl}", "<control>");
    }

    private static void addFilters(List<BadRow> rows) {
        Clause shared = Clause.MQTT_SHARED_FILTER;
        for (String filter : List.of("$share//x", "$share/g+/x", "$share/g#/x", "$share/g", "$share/g/")) {
            rows.add(suback(shared, filter, filter));
        }
        rows.add(disconnected(
                shared, "no local", PROTOCOL_ERROR, packet(SUBSCRIBE, hex("0001 00"), text("$share/g/x"), hex("04"))));
        for (String filter : List.of("a/#/b", "a#", "+a", "a\u001b", "/".repeat(200))) {
            rows.add(suback(
                    Clause.MQTT_TOPIC, "filter " + (filter.length() > 9 ? "of 201 levels" : shown(filter)), filter));
        }
        rows.add(disconnected(Clause.MQTT_TOPIC, "no filter", PROTOCOL_ERROR, hex("82 03 0001 00")));
    }

    private static void addConnects(List<BadRow> rows) {
        Clause clause = Clause.MQTT_CLIENT_ID;
        for (String id : List.of("a\nb", "a\u001b[31m", "i".repeat(2000))) {
            rows.add(connack(clause, id.length() > 9 ? "long" : shown(id), CLIENT_ID_NOT_VALID, connectOf(id)));
        }
        for (String id : List.of(".*", "#", "%c", "${user}", "../../x", "$(reboot)", "'; drop table x")) {
            rows.add(new BadRow(
                    clause,
                    id,
                    Door.MQTT,
                    stranger -> {
                        stranger.send(connectOf(id));
                        MqttWire.hear(stranger);
                    },
                    stays()));
        }
        for (String topic : List.of("+", "a/#", "a\u001b")) {
            byte[] will =
                    packet(0x10, text("MQTT"), hex("05 06 0000 00"), text("w"), hex("00"), text(topic), text("x"));
            rows.add(connack(Clause.MQTT_WILL_TOPIC, shown(topic), TOPIC_INVALID, will));
        }
        rows.add(disconnected(Clause.MQTT_SECOND_CONNECT, "MQTT 5", PROTOCOL_ERROR, CONNECT_5));
        rows.add(new BadRow(
                Clause.MQTT_SECOND_CONNECT,
                "MQTT 3.1.1",
                Door.MQTT,
                stranger -> {
                    stranger.send(CONNECT_4);
                    MqttWire.hear(stranger);
                    stranger.send(CONNECT_4);
                },
                Expected.closed()));
        rows.add(disconnected(
                Clause.MQTT_SESSION_EXPIRY, "where there was none", PROTOCOL_ERROR, hex("e0 07 00 05 11 00000005")));
    }

    private static byte[] publish(String topic, byte[]... properties) {
        byte[] all = join(properties);
        return packet(PUBLISH, text(topic), variable(all.length), all, WatchedGateway.SECRET.getBytes(US_ASCII));
    }

    private static byte[] connect(byte[] properties, byte[] rest) {
        return packet(0x10, text("MQTT"), hex("05 02 0000"), variable(properties.length), properties, rest);
    }

    static BadRow.Attack connected(byte[] bytes) {
        return stranger -> {
            stranger.send(CONNECT_5);
            MqttWire.hear(stranger);
            stranger.send(bytes);
        };
    }

    /** A DISCONNECT with that reason. */
    static BadRow disconnected(Clause clause, String detail, int reason, byte[] bytes) {
        return new BadRow(clause, detail, Door.MQTT, connected(bytes), farewell(reason));
    }

    static Expected farewell(int reason) {
        return Expected.refused(stranger ->
                assertThat(stranger.hearToEnd()).startsWith((byte) 0xe0).contains((byte) reason, atIndex(2)));
    }

    private static BadRow connack(Clause clause, String detail, int reason, byte[] bytes) {
        return new BadRow(
                clause,
                detail,
                Door.MQTT,
                stranger -> stranger.send(bytes),
                Expected.refused(stranger ->
                        assertThat(stranger.hearToEnd()).startsWith(0x20).contains((byte) reason, atIndex(3))));
    }

    private static BadRow suback(Clause clause, String detail, String filter) {
        return new BadRow(
                clause,
                detail,
                Door.MQTT,
                connected(packet(SUBSCRIBE, hex("0001 00"), text(filter), hex("01"))),
                Expected.answered(stranger -> assertThat(MqttWire.hear(stranger))
                        .startsWith((byte) 0x90)
                        .endsWith((byte) FILTER_INVALID)));
    }

    /** Not so wrong as to end the connection: a PINGREQ is answered. */
    static Expected stays() {
        return Expected.answered(stranger -> {
            stranger.send(hex("c0 00"));
            assertThat(MqttWire.hear(stranger)).isEqualTo(hex("d0 00"));
        });
    }
}
