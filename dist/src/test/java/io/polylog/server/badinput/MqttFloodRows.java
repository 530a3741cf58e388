package io.polylog.server.badinput;

import static io.polylog.server.badinput.MqttWire.hex;
import static io.polylog.server.badinput.MqttWire.packet;
import static io.polylog.server.badinput.MqttWire.text;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What each is allowed once, and an MQTT client does thousands of times. */
final class MqttFloodRows {

    private static final int TAKE_OVERS = 300;
    private static final int RETAINED = 5_000;
    private static final int SESSIONS = 500;
    private static final int OVER_THE_RECEIVE_MAXIMUM = 5_000;
    private static final int TAKEN_OVER = 0x8e;
    private static final int SERVER_UNAVAILABLE = 0x88;
    private static final int RECEIVE_MAXIMUM_EXCEEDED = 0x93;

    private MqttFloodRows() {}

    static List<BadRow> all() {
        List<BadRow> rows = new ArrayList<>();
        rows.add(new BadRow(
                Clause.MQTT_TAKE_OVER_STORM,
                TAKE_OVERS + " of one client id",
                Door.MQTT,
                MqttFloodRows::takeOver,
                MqttRows.farewell(TAKEN_OVER)));
        rows.add(new BadRow(
                Clause.MQTT_RETAINED_FLOOD, RETAINED + " topics", Door.MQTT, MqttFloodRows::retain, MqttRows.stays()));
        rows.add(new BadRow(
                Clause.MQTT_SESSION_EXPIRY,
                SESSIONS + " sessions for ever",
                Door.MQTT,
                MqttFloodRows::keepSessions,
                MqttRows.stays()));
        rows.add(new BadRow(
                Clause.MQTT_RECEIVE_MAXIMUM,
                "ignored",
                Door.MQTT,
                MqttFloodRows::ignoreReceiveMaximum,
                MqttRows.farewell(RECEIVE_MAXIMUM_EXCEEDED)));
        return rows;
    }

    /** Each is let in or told that it was too late, the stranger is told that it has to go, and the last one stays. */
    private static void takeOver(Stranger stranger) throws IOException {
        byte[] connect = MqttWire.connectOf("wanted-by-all");
        stranger.send(connect);
        MqttWire.hear(stranger);
        List<Stranger> storm = new ArrayList<>();
        for (int i = 0; i < TAKE_OVERS; i++) {
            Stranger next = stranger.another();
            next.send(connect);
            storm.add(next);
        }
        for (Stranger each : storm) {
            assertThat(MqttWire.hear(each)[3]).isIn((byte) 0, (byte) SERVER_UNAVAILABLE);
        }
        Stranger last = stranger.another();
        last.send(connect);
        assertThat(MqttWire.hear(last)[3]).isZero();
        last.send(hex("c0 00"));
        assertThat(MqttWire.hear(last)).isEqualTo(hex("d0 00"));
    }

    /** Retained messages, and their removal. */
    private static void retain(Stranger stranger) throws IOException {
        stranger.send(MqttWire.CONNECT_5);
        MqttWire.hear(stranger);
        for (String payload : List.of("kept", "")) {
            for (int i = 1; i <= RETAINED; i++) {
                byte[] id = {(byte) (i >> 8), (byte) i};
                stranger.send(packet(0x33, text("strange/retained/" + i), id, hex("00"), payload.getBytes(US_ASCII)));
                if (i % 500 == 0) {
                    hearAcknowledgements(stranger, 500);
                }
            }
        }
    }

    private static void hearAcknowledgements(Stranger stranger, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            assertThat(MqttWire.hear(stranger)).startsWith(0x40);
        }
    }

    /** Sessions that say they never end, of clients that go at once. */
    private static void keepSessions(Stranger stranger) throws IOException {
        stranger.send(MqttWire.CONNECT_5);
        MqttWire.hear(stranger);
        for (int i = 0; i < SESSIONS; i++) {
            try (Stranger passerBy = stranger.another()) {
                passerBy.send(packet(0x10, text("MQTT"), hex("05 02 0000 05 11 ffffffff"), text("for-ever-" + i)));
                MqttWire.hear(passerBy);
                passerBy.send(packet(0x82, hex("0001 00"), text("strange/for/ever"), hex("01")));
                MqttWire.hear(passerBy);
            }
        }
    }

    private static void ignoreReceiveMaximum(Stranger stranger) throws IOException {
        stranger.send(MqttWire.CONNECT_5);
        MqttWire.hear(stranger);
        List<byte[]> publishes = new ArrayList<>();
        for (int i = 1; i <= OVER_THE_RECEIVE_MAXIMUM; i++) {
            byte[] id = {(byte) (i >> 8), (byte) i};
            publishes.add(packet(0x34, text("strange/flood"), id, hex("00"), new byte[] {'x'}));
        }
        stranger.send(MqttWire.join(publishes.toArray(byte[][]::new)));
    }
}
