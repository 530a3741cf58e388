package io.polylog.server.badinput;

import static io.polylog.server.badinput.AmqpWire.frame;
import static io.polylog.server.badinput.AmqpWire.head;
import static io.polylog.server.badinput.AmqpWire.join;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;

/** What an AMQP 1.0 peer must not do with frames, sessions and links. */
final class AmqpRows {

    private static final String FRAMING = "amqp:connection:framing-error";
    private static final String DECODE = "amqp:decode-error";
    private static final String UNATTACHED = "amqp:session:unattached-handle";
    private static final String ADDRESS = "strange";
    private static final int MAX_FRAME_BYTES = 128 * 1024;
    private static final int ALL_IDS = -1;

    private AmqpRows() {}

    static List<BadRow> all() {
        List<BadRow> rows = new ArrayList<>();
        addFrames(rows);
        addSasl(rows);
        addLimits(rows);
        addDeliveries(rows);
        addDispositions(rows);
        return rows;
    }

    private static void addFrames(List<BadRow> rows) {
        Map<String, byte[]> broken = new LinkedHashMap<>();
        broken.put("7", head(7, 2, 0, 0));
        broken.put("0", head(0, 2, 0, 0));
        broken.put("2^31-1", head(Integer.MAX_VALUE, 2, 0, 0));
        broken.put("2^32-1", head(-1, 2, 0, 0));
        broken.put("offset within the header", join(head(16, 1, 0, 0), new byte[8]));
        broken.put("offset behind the frame", join(head(16, 255, 0, 0), new byte[8]));
        broken.put("type of the security layer", join(head(16, 2, 1, 0), new byte[8]));
        broken.put("type 77", join(head(16, 2, 77, 0), new byte[8]));
        broken.forEach((detail, bytes) -> {
            Clause clause = Clause.AMQP_FRAME_SIZE;
            rows.add(closing(clause, detail + " at first", FRAMING, stranger -> {
                stranger.send(AmqpWire.HEADER);
                stranger.hear(AmqpWire.HEADER.length);
                stranger.send(bytes);
            }));
            rows.add(opened(clause, detail, FRAMING, bytes));
        });
        rows.add(opened(Clause.AMQP_FRAME_SIZE, "over the announced", FRAMING, head(MAX_FRAME_BYTES + 1, 2, 0, 0)));
        rows.add(opened(Clause.AMQP_FRAME_SIZE, "no performative", DECODE, frame(0, new byte[] {0x40})));
    }

    private static void addSasl(List<BadRow> rows) {
        byte[] anonymous = {
            0, 0x53, 0x41, (byte) 0xc0, 12, 1, (byte) 0xa3, 9, 'A', 'N', 'O', 'N', 'Y', 'M', 'O', 'U', 'S'
        };
        byte[] unknown = {0, 0x53, 0x41, (byte) 0xc0, 8, 1, (byte) 0xa3, 5, 'M', 'A', 'G', 'I', 'C'};
        byte[] response = {0, 0x53, 0x43, (byte) 0xc0, 4, 1, (byte) 0xa0, 1, 'x'};
        byte[] plain = {0, 0x53, 0x41, (byte) 0xc0, 11, 2, (byte) 0xa3, 5, 'P', 'L', 'A', 'I', 'N', (byte) 0xa0, 1, 'x'
        };
        rows.add(sasl("response first", response, 3));
        rows.add(sasl("unknown mechanism", unknown, 1));
        rows.add(sasl("plain without names", plain, 1));
        rows.add(sasl("anonymous after plain was refused", join(saslFrame(plain), saslFrame(anonymous)), 1));
        rows.add(new BadRow(
                Clause.AMQP_SASL_ORDER,
                "security layer within the security layer",
                Door.AMQP,
                stranger -> {
                    stranger.send(join(AmqpWire.SASL_HEADER, saslFrame(anonymous), AmqpWire.SASL_HEADER));
                    stranger.hear(AmqpWire.SASL_HEADER.length);
                    AmqpWire.hearSasl(stranger);
                    AmqpWire.hearSasl(stranger);
                },
                Expected.closed()));
        rows.add(new BadRow(
                Clause.AMQP_SASL_ORDER,
                "open before the outcome",
                Door.AMQP,
                stranger -> {
                    stranger.send(join(AmqpWire.SASL_HEADER, AmqpWire.openOf("stranger")));
                    stranger.hear(AmqpWire.SASL_HEADER.length);
                    AmqpWire.hearSasl(stranger);
                },
                Expected.closed()));
    }

    private static byte[] saslFrame(byte... body) {
        return join(head(8 + body.length, 2, 1, 0), body);
    }

    /** The outcome says no, with a code of part 5, §5.3.3.6, and the connection is closed. */
    private static BadRow sasl(String detail, byte[] bodyOrFrames, int code) {
        byte[] frames = bodyOrFrames[0] == 0 && bodyOrFrames[1] == 0x53 ? saslFrame(bodyOrFrames) : bodyOrFrames;
        return new BadRow(
                Clause.AMQP_SASL_ORDER,
                detail,
                Door.AMQP,
                stranger -> {
                    stranger.send(join(AmqpWire.SASL_HEADER, frames));
                    stranger.hear(AmqpWire.SASL_HEADER.length);
                    AmqpWire.hearSasl(stranger); // the mechanisms
                },
                Expected.refused(stranger -> {
                    byte[] outcome = AmqpWire.hearSasl(stranger);
                    assertThat(outcome[outcome.length - 1]).isEqualTo((byte) code);
                    assertThat(stranger.hearToEnd()).isEmpty();
                }));
    }

    private static void addLimits(List<BadRow> rows) {
        Clause limit = Clause.AMQP_CHANNEL_OR_HANDLE_ABOVE_LIMIT;
        rows.add(opened(limit, "channel 65535", FRAMING, frame(65_535, AmqpWire.begin())));
        rows.add(opened(limit, "channel 1024", FRAMING, frame(1024, AmqpWire.begin())));
        Attach far = AmqpWire.attach(Role.SENDER, "far", ADDRESS);
        far.setHandle(UnsignedInteger.valueOf(ALL_IDS));
        rows.add(begun(limit, "handle 2^32-1", FRAMING, frame(far)));
        Attach behind = AmqpWire.attach(Role.SENDER, "far", ADDRESS);
        behind.setHandle(UnsignedInteger.valueOf(4096));
        rows.add(begun(limit, "handle 4096", FRAMING, frame(behind)));
        rows.add(begun(Clause.AMQP_TRANSFER_WITHOUT_ATTACH, "handle 0", UNATTACHED, frame(AmqpWire.transfer(0))));
        rows.add(opened(
                Clause.AMQP_TRANSFER_WITHOUT_ATTACH,
                "without a session",
                "amqp:illegal-state",
                frame(AmqpWire.transfer(0))));
        rows.add(begun(Clause.AMQP_LINK_NAME, "of a mebibyte", FRAMING, head(1 << 20, 2, 0, 0)));
        rows.add(closing(
                Clause.AMQP_LINK_NAME, "of 100,000, on many links", "amqp:resource-limit-exceeded", stranger -> {
                    AmqpWire.begin(stranger);
                    for (int handle = 0; handle < 60; handle++) {
                        Attach attach = AmqpWire.attach(Role.SENDER, handle + "n".repeat(100_000), ADDRESS);
                        attach.setHandle(UnsignedInteger.valueOf(handle));
                        stranger.send(frame(attach));
                    }
                }));
    }

    private static void addDeliveries(List<BadRow> rows) {
        byte[] message = {0, 0x53, 0x75, (byte) 0xa0, 1, 'x'};
        rows.add(new BadRow(
                Clause.AMQP_CREDIT,
                "2^32-1",
                Door.AMQP,
                stranger -> {
                    AmqpWire.attach(stranger, Role.RECEIVER, ADDRESS);
                    Flow flow = new Flow();
                    flow.setIncomingWindow(UnsignedInteger.MAX_VALUE);
                    flow.setNextIncomingId(UnsignedInteger.ZERO);
                    flow.setNextOutgoingId(UnsignedInteger.ZERO);
                    flow.setOutgoingWindow(UnsignedInteger.MAX_VALUE);
                    flow.setHandle(UnsignedInteger.ZERO);
                    flow.setDeliveryCount(UnsignedInteger.MAX_VALUE);
                    flow.setLinkCredit(UnsignedInteger.MAX_VALUE);
                    stranger.send(frame(flow));
                },
                detaches()));
        rows.add(new BadRow(
                Clause.AMQP_DELIVERY_TAG_REUSE,
                "of a delivery that is not settled",
                Door.AMQP,
                stranger -> {
                    AmqpWire.attach(stranger, Role.SENDER, ADDRESS);
                    Transfer second = AmqpWire.transfer(1);
                    second.setDeliveryTag(AmqpWire.transfer(0).getDeliveryTag());
                    stranger.send(join(frame(AmqpWire.transfer(0), message), frame(second, message)));
                },
                detaches()));
        rows.add(closing(Clause.AMQP_DELIVERY_TAG_REUSE, "delivery id from nowhere", "amqp:invalid-field", stranger -> {
            AmqpWire.attach(stranger, Role.SENDER, ADDRESS);
            stranger.send(join(frame(AmqpWire.transfer(0), message), frame(AmqpWire.transfer(900), message)));
        }));
        rows.add(new BadRow(
                Clause.AMQP_UNSETTLED_MAP,
                "of thousands",
                Door.AMQP,
                stranger -> {
                    AmqpWire.begin(stranger);
                    Attach attach = AmqpWire.attach(Role.SENDER, "link", ADDRESS);
                    Map<Object, Object> unsettled = new LinkedHashMap<>();
                    for (int i = 0; i < 9_000; i++) {
                        unsettled.put(
                                new Binary(ByteBuffer.allocate(4).putInt(i).array()), Accepted.getInstance());
                    }
                    attach.setUnsettled(unsettled);
                    attach.setIncompleteUnsettled(true);
                    stranger.send(frame(attach));
                    AmqpWire.hear(stranger, Attach.class);
                },
                detaches()));
        addUnfinished(rows, message);
    }

    private static void addUnfinished(List<BadRow> rows, byte[] message) {
        Clause clause = Clause.AMQP_UNFINISHED_DELIVERY;
        byte[] part = new byte[100 * 1024];
        rows.add(new BadRow(
                clause,
                "never ends",
                Door.AMQP,
                stranger -> {
                    AmqpWire.attach(stranger, Role.SENDER, ADDRESS);
                    Transfer transfer = AmqpWire.transfer(0);
                    transfer.setMore(true);
                    byte[] frame = frame(transfer, part);
                    for (int i = 0; i < 200; i++) {
                        stranger.send(frame);
                    }
                },
                detached("amqp:link:message-size-exceeded")));
        rows.add(new BadRow(
                clause,
                "never ends, on many connections",
                Door.AMQP,
                stranger -> {
                    Transfer transfer = AmqpWire.transfer(0);
                    transfer.setMore(true);
                    byte[] frame = frame(transfer, part);
                    for (int i = 0; i < 12; i++) {
                        stranger.another();
                    }
                    for (Stranger each : stranger.all()) { // the stranger itself last
                        AmqpWire.attach(each, Role.SENDER, ADDRESS);
                        for (int parts = 0; parts < 150; parts++) {
                            each.send(frame);
                        }
                    }
                },
                detached("amqp:resource-limit-exceeded")));
        rows.add(new BadRow(
                clause,
                "ends in the middle",
                Door.AMQP,
                stranger -> {
                    AmqpWire.attach(stranger, Role.SENDER, ADDRESS);
                    Transfer transfer = AmqpWire.transfer(0);
                    transfer.setMore(true);
                    stranger.send(frame(transfer, message));
                    stranger.stopTalking();
                },
                Expected.answered(Stranger::hearToEnd)));
        rows.add(new BadRow(
                clause,
                "taken back in the middle",
                Door.AMQP,
                stranger -> {
                    AmqpWire.attach(stranger, Role.SENDER, ADDRESS);
                    Transfer transfer = AmqpWire.transfer(0);
                    transfer.setMore(true);
                    stranger.send(frame(transfer, message));
                    transfer.setMore(false);
                    transfer.setAborted(true);
                    stranger.send(frame(transfer));
                },
                detaches()));
    }

    private static void addDispositions(List<BadRow> rows) {
        Clause clause = Clause.AMQP_SETTLES_UNKNOWN_IDS;
        rows.add(disposition(clause, "0 to 2^32-1", 0, ALL_IDS, "amqp:not-allowed"));
        rows.add(disposition(clause, "5 to 3", 5, 3, "amqp:not-allowed"));
        for (int first : new int[] {5, ALL_IDS}) {
            rows.add(new BadRow(
                    clause,
                    "a million from " + first + " on that were never sent",
                    Door.AMQP,
                    stranger -> {
                        AmqpWire.attach(stranger, Role.RECEIVER, ADDRESS);
                        stranger.send(frame(settling(first, first + 1_000_000)));
                    },
                    detaches()));
        }
    }

    private static BadRow disposition(Clause clause, String detail, int first, int last, String condition) {
        return closing(clause, detail, condition, stranger -> {
            AmqpWire.attach(stranger, Role.RECEIVER, ADDRESS);
            stranger.send(frame(settling(first, last)));
        });
    }

    private static Disposition settling(int first, int last) {
        Disposition disposition = new Disposition();
        disposition.setRole(Role.RECEIVER);
        disposition.setFirst(UnsignedInteger.valueOf(first));
        disposition.setLast(UnsignedInteger.valueOf(last));
        disposition.setSettled(true);
        disposition.setState(Accepted.getInstance());
        return disposition;
    }

    private static BadRow opened(Clause clause, String detail, String condition, byte[] bytes) {
        return closing(clause, detail, condition, stranger -> {
            AmqpWire.open(stranger);
            stranger.send(bytes);
        });
    }

    private static BadRow begun(Clause clause, String detail, String condition, byte[] bytes) {
        return closing(clause, detail, condition, stranger -> {
            AmqpWire.begin(stranger);
            stranger.send(bytes);
        });
    }

    static BadRow closing(Clause clause, String detail, String condition, BadRow.Attack attack) {
        return new BadRow(clause, detail, Door.AMQP, attack, Expected.refused(stranger -> {
            Close close = AmqpWire.hear(stranger, Close.class);
            assertThat(close.getError().getCondition().toString()).isEqualTo(condition);
            assertThat(stranger.hearToEnd()).isEmpty();
        }));
    }

    /** Nothing was wrong, or not so wrong as to end anything: the link at handle 0 can be detached in good order. */
    static Expected detaches() {
        return Expected.answered(stranger -> {
            Detach detach = new Detach();
            detach.setHandle(UnsignedInteger.ZERO);
            detach.setClosed(true);
            stranger.send(frame(detach));
            Detach answer = AmqpWire.hear(stranger, Detach.class);
            assertThat(answer.getError()).isNull();
        });
    }

    private static Expected detached(String condition) {
        return Expected.answered(stranger -> assertThat(AmqpWire.hear(stranger, Detach.class)
                        .getError()
                        .getCondition()
                        .toString())
                .isEqualTo(condition));
    }
}
