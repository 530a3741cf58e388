package io.polylog.server.badinput;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** The first message of TLS as bytes (RFC 8446 §4.1.2, §5.1). */
final class TlsWire {

    static final int SSL_3_0 = 0x0300;
    static final int TLS_1_0 = 0x0301;
    static final int TLS_1_2 = 0x0303;

    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int SERVER_NAME = 0;
    private static final int RANDOM_BYTES = 32;

    /** Of every record that is not the last of a message. */
    private static final int RECORD_BYTES = 1 << 14;

    private TlsWire() {}

    /** A record, whatever is in it. */
    static byte[] record(int version, byte... body) {
        return ByteBuffer.allocate(5 + body.length)
                .put((byte) HANDSHAKE)
                .putShort((short) version)
                .putShort((short) body.length)
                .put(body)
                .array();
    }

    /** What a client of today begins with. */
    static byte[] hello() {
        SSLEngine client = SecureDoors.trustingNobody().createSSLEngine("localhost", 1);
        client.setUseClientMode(true);
        ByteBuffer record = ByteBuffer.allocate(client.getSession().getPacketBufferSize());
        try {
            client.wrap(ByteBuffer.allocate(0), record);
        } catch (SSLException impossible) {
            throw new IllegalStateException(impossible);
        }
        return Arrays.copyOf(record.array(), record.position());
    }

    /** A whole one with a cipher that every server of that version used to have, and no other. */
    static byte[] hello(int version) {
        return record(version, message(CLIENT_HELLO, helloBody(version, new byte[0])));
    }

    /** The same, for a server of that name. */
    static byte[] helloTo(String name) {
        byte[] host = name.getBytes(US_ASCII);
        ByteBuffer extension = ByteBuffer.allocate(9 + host.length)
                .putShort((short) SERVER_NAME)
                .putShort((short) (5 + host.length))
                .putShort((short) (3 + host.length))
                .put((byte) 0)
                .putShort((short) host.length)
                .put(host);
        return record(TLS_1_2, message(CLIENT_HELLO, helloBody(TLS_1_2, extension.array())));
    }

    /** The first record of a message that says it is so long. */
    static byte[] beginningOf(int bytes) {
        byte[] record = record(TLS_1_2, new byte[RECORD_BYTES]);
        ByteBuffer.wrap(record).putInt(5, CLIENT_HELLO << 24 | bytes);
        return record;
    }

    /** A record in the middle of it. */
    static byte[] more() {
        return record(TLS_1_2, new byte[RECORD_BYTES]);
    }

    private static byte[] helloBody(int version, byte... extensions) {
        return ByteBuffer.allocate(2 + RANDOM_BYTES + 1 + 4 + 2 + 2 + extensions.length)
                .putShort((short) version)
                .put(new byte[RANDOM_BYTES])
                .put((byte) 0) // no session
                .putShort((short) 2)
                .putShort((short) 0x002F) // RSA with AES-128-CBC
                .put((byte) 1)
                .put((byte) 0) // no compression
                .putShort((short) extensions.length)
                .put(extensions)
                .array();
    }

    private static byte[] message(int type, byte... body) {
        return ByteBuffer.allocate(4 + body.length)
                .putInt(type << 24 | body.length)
                .put(body)
                .array();
    }
}
