package io.polylog.server.badinput;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLSocket;

/** What may happen to any port that speaks TLS, whatever is spoken in it. */
final class TlsRows {

    private static final long SEED = 20_261_129;
    private static final int NOISE_BYTES = 32 << 10;
    private static final int SILENT_CONNECTIONS = 1_000;
    private static final int STORM_CONNECTIONS = 300;
    private static final int KEY_UPDATES = 500;
    private static final String OLD = "TLSv1.2";
    private static final String NEW = "TLSv1.3";

    private TlsRows() {}

    static List<BadRow> all() {
        List<BadRow> rows = new ArrayList<>();
        for (Door door : Door.values()) {
            addSilence(rows, door);
            addNonsense(rows, door);
            addHellos(rows, door);
            addAfterTheHandshake(rows, door);
            addHalfOpen(rows, door);
        }
        return rows;
    }

    private static byte[] halfAHello() {
        return Arrays.copyOf(TlsWire.hello(), 40);
    }

    /** Closed, whatever was said before, and one line tells of it. */
    private static Expected ended() {
        return Expected.refused(Stranger::hearToEnd);
    }

    /** The same for who says too little: HTTP's idle connections are so common that nobody writes of them. */
    private static Expected ignored(Door door) {
        return door == Door.HTTP ? Expected.answered(Stranger::hearToEnd) : ended();
    }

    private static void addSilence(List<BadRow> rows, Door door) {
        Clause clause = Clause.TLS_SILENCE;
        rows.add(new BadRow(clause, "from the start", door, stranger -> {}, ignored(door)));
        rows.add(new BadRow(
                clause, "in the middle of a hello", door, stranger -> stranger.send(halfAHello()), ignored(door)));
        rows.add(new BadRow(clause, "after a hello", door, stranger -> stranger.send(TlsWire.hello()), ignored(door)));
        rows.add(new BadRow(clause, "after the handshake", door, stranger -> stranger.startTls(NEW), ignored(door)));
        rows.add(new BadRow(
                clause,
                "of a thousand",
                door,
                TlsRows::connectMany,
                new Expected(
                        ignored(door).logLines(), stranger -> stranger.all().forEach(Stranger::hearToEnd))));
        rows.add(new BadRow(
                Clause.TLS_ONE_BYTE_NOW_AND_THEN,
                "of a hello",
                door,
                stranger -> assertThat(stranger.drip(TlsWire.helloTo("x".repeat(200))))
                        .isTrue(),
                ignored(door)));
        rows.add(new BadRow(
                Clause.TLS_ONE_BYTE_NOW_AND_THEN,
                "of the first message",
                door,
                stranger -> {
                    stranger.startTls(NEW);
                    assertThat(stranger.drip(TcpRows.longMessage(door))).isTrue();
                },
                ignored(door)));
    }

    private static void connectMany(Stranger stranger) throws IOException {
        for (int i = 0; i < SILENT_CONNECTIONS; i++) {
            stranger.another().send(i % 2 == 0 ? TlsWire.hello() : halfAHello());
        }
        stranger.send(halfAHello());
    }

    private static void addNonsense(List<BadRow> rows, Door door) {
        rows.add(sent(Clause.TLS_NOT_SPOKEN, "the door's own protocol", door, TcpRows.longMessage(door)));
        rows.add(sent(Clause.TLS_NOT_SPOKEN, "HTTP", door, "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(ISO_8859_1)));
        for (long seed = SEED; seed < SEED + 3; seed++) {
            byte[] noise = new byte[NOISE_BYTES];
            new Random(seed).nextBytes(noise);
            rows.add(sent(Clause.TLS_RANDOM_BYTES, "seed " + seed, door, noise));
            rows.add(sent(
                    Clause.TLS_RANDOM_BYTES,
                    "in a record, seed " + seed,
                    door,
                    TlsWire.record(TlsWire.TLS_1_2, Arrays.copyOf(noise, 1 << 14))));
        }
    }

    private static BadRow sent(Clause clause, String detail, Door door, byte... bytes) {
        return new BadRow(clause, detail, door, stranger -> stranger.send(bytes), ended());
    }

    private static void addHellos(List<BadRow> rows, Door door) {
        for (int bytes : new int[] {0xFFFFFF, 1 << 20, 1 << 16}) {
            rows.add(new BadRow(
                    Clause.TLS_OVERSIZED_HELLO,
                    "of " + bytes + " bytes",
                    door,
                    stranger -> {
                        stranger.send(TlsWire.beginningOf(bytes));
                        for (int sent = 0; sent < bytes; sent += 1 << 14) {
                            stranger.send(TlsWire.more());
                        }
                    },
                    ended()));
        }
        rows.add(sent(Clause.TLS_OVERSIZED_HELLO, "to a name of 16,000", door, TlsWire.helloTo("x".repeat(16_000))));
        for (int version : new int[] {0x0002, TlsWire.SSL_3_0, TlsWire.TLS_1_0, 0x0302}) {
            rows.add(sent(Clause.TLS_OLD_VERSION, String.format("%04x", version), door, TlsWire.hello(version)));
        }
    }

    private static void addAfterTheHandshake(List<BadRow> rows, Door door) {
        rows.add(new BadRow(
                Clause.TLS_RENEGOTIATION,
                "asked for by the client",
                door,
                stranger -> {
                    SSLSocket socket = stranger.startTls(OLD);
                    try {
                        socket.startHandshake();
                    } catch (IOException refused) {
                        // as it should be
                    }
                },
                ended()));
        rows.add(new BadRow(
                Clause.TLS_KEY_UPDATE_FLOOD,
                KEY_UPDATES + " times",
                door,
                stranger -> {
                    SSLSocket socket = stranger.startTls(NEW);
                    try {
                        for (int i = 0; i < KEY_UPDATES; i++) {
                            socket.startHandshake();
                        }
                    } catch (IOException closed) {
                        // may be too much for it
                    }
                },
                ignored(door)));
        for (String version : List.of(OLD, NEW)) {
            rows.add(new BadRow(
                    Clause.TLS_BROKEN_RECORD,
                    version,
                    door,
                    stranger -> {
                        stranger.startTls(version);
                        byte[] forged = TlsWire.record(TlsWire.TLS_1_2, new byte[100]);
                        forged[0] = 23; // application data
                        stranger.sendPlainly(forged);
                    },
                    ended()));
        }
    }

    private static void addHalfOpen(List<BadRow> rows, Door door) {
        rows.add(new BadRow(
                Clause.TLS_HALF_OPEN, "hangs up at once", door, Stranger::stopTalking, Expected.closedQuietly()));
        rows.add(new BadRow(
                Clause.TLS_HALF_OPEN,
                "hangs up in the middle of a hello",
                door,
                stranger -> {
                    stranger.send(halfAHello());
                    stranger.stopTalking();
                },
                ended()));
        rows.add(new BadRow(
                Clause.TLS_HALF_OPEN,
                "hangs up after the handshake",
                door,
                stranger -> {
                    stranger.startTls(NEW);
                    stranger.stopTalking();
                },
                Expected.answered(Stranger::hearToEnd)));
        rows.add(new BadRow(
                Clause.TLS_CONNECT_AND_DISCONNECT_STORM,
                "in every state of the handshake",
                door,
                TlsRows::storm,
                Expected.closedQuietly()));
    }

    private static void storm(Stranger stranger) throws IOException {
        stranger.stopTalking(); // lest it be told of as too slow
        for (int i = 0; i < STORM_CONNECTIONS; i++) {
            try (Stranger passerBy = stranger.another()) {
                if (i % 4 == 1) {
                    passerBy.send(halfAHello());
                } else if (i % 4 == 2) {
                    // that it cannot be answered is found out when nobody is there any more
                    passerBy.send(i % 8 == 2 ? TlsWire.hello(TlsWire.TLS_1_2) : TlsWire.hello());
                } else if (i % 16 == 3) {
                    passerBy.startTls(NEW);
                }
                if (i % 3 == 2) {
                    passerBy.resetOnClose();
                }
            }
        }
    }
}
