package io.polylog.kafka;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.requests.AbstractResponse;

/** A connection that sends exactly what a test says, when it says so. */
final class RawClient implements AutoCloseable {

    private static final int TIMEOUT_MS = 20_000;

    private final Socket socket;
    private final DataInputStream in;

    RawClient(int port) throws IOException {
        this(port, "127.0.0.1");
    }

    /** From an address of the loopback network. */
    RawClient(int port, String from) throws IOException {
        socket = new Socket("127.0.0.1", port, InetAddress.getByName(from), 0);
        socket.setSoTimeout(TIMEOUT_MS);
        in = new DataInputStream(socket.getInputStream());
    }

    void send(ApiKeys key, short version, int correlationId, ApiMessage body) throws IOException {
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(key.id)
                .setRequestApiVersion(version)
                .setClientId("raw")
                .setCorrelationId(correlationId);
        ObjectSerializationCache cache = new ObjectSerializationCache();
        short headerVersion = ApiMessageType.fromApiKey(key.id).requestHeaderVersion(version);
        ByteBuffer buffer = ByteBuffer.allocate(header.size(cache, headerVersion) + body.size(cache, version));
        header.write(new ByteBufferAccessor(buffer), cache, headerVersion);
        body.write(new ByteBufferAccessor(buffer), cache, version);
        send(buffer.flip());
    }

    void send(ByteBuffer request) throws IOException {
        byte[] frame = new byte[4 + request.remaining()];
        ByteBuffer.wrap(frame).putInt(request.remaining()).put(request);
        socket.getOutputStream().write(frame);
    }

    /** The next answer, from its response header on. */
    ByteBuffer receive() throws IOException {
        byte[] answer = new byte[in.readInt()];
        in.readFully(answer);
        return ByteBuffer.wrap(answer);
    }

    /** Reads the next answer, which must be to that request and whole. */
    AbstractResponse receive(ApiKeys key, short version, int correlationId) throws IOException {
        ByteBuffer answer = receive();
        int answered = new ResponseHeaderData(new ByteBufferAccessor(answer), key.responseHeaderVersion(version))
                .correlationId();
        if (answered != correlationId) {
            throw new IOException("answer to " + answered + " instead of " + correlationId);
        }
        AbstractResponse response = AbstractResponse.parseResponse(key, new ByteBufferAccessor(answer), version);
        if (answer.hasRemaining()) {
            throw new IOException(answer.remaining() + " bytes after the answer");
        }
        return response;
    }

    boolean hasAnswer() throws IOException {
        return in.available() > 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
