package io.polylog.server.differential;

import io.polylog.server.endpoint.Endpoint;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.requests.AbstractResponse;
import org.jspecify.annotations.Nullable;

/** One of the two brokers that are compared, over one connection that is made again when it was closed. One thread. */
final class Side implements AutoCloseable {

    private static final int ANSWER_TIMEOUT_MS = 15_000;

    final String name;
    private final Endpoint endpoint;
    private final List<String> login;
    private final Map<String, Uuid> topicIds = new HashMap<>();
    private @Nullable Socket socket;
    private int correlationId;

    Side(String name, Endpoint endpoint) {
        this(name, endpoint, List.of());
    }

    /**
     * @param login a user and its password to begin each connection with, or nothing
     */
    Side(String name, Endpoint endpoint, List<String> login) {
        this.name = name;
        this.endpoint = endpoint;
        this.login = login;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /** What the topic's id is here. */
    Uuid topicId(String topic) {
        return topicIds.getOrDefault(topic, Uuid.ZERO_UUID);
    }

    void learnTopicId(String topic, Uuid id) {
        topicIds.put(topic, id);
    }

    void send(ApiKeys key, int version, ApiMessage body) throws IOException {
        Socket to = connected();
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(key.id)
                .setRequestApiVersion((short) version)
                .setClientId("differential")
                .setCorrelationId(++correlationId);
        ObjectSerializationCache cache = new ObjectSerializationCache();
        short headerVersion = key.requestHeaderVersion((short) version);
        int size = header.size(cache, headerVersion) + body.size(cache, (short) version);
        ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + size).putInt(size);
        header.write(new ByteBufferAccessor(frame), cache, headerVersion);
        body.write(new ByteBufferAccessor(frame), cache, (short) version);
        to.getOutputStream().write(frame.array());
    }

    /** The answer to the last request, read whole; throws if there is none or if bytes are left over. */
    ApiMessage receive(ApiKeys key, int version) throws IOException {
        DataInputStream in = new DataInputStream(connected().getInputStream());
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        ByteBuffer answer = ByteBuffer.wrap(bytes);
        int answered = new ResponseHeaderData(
                        new ByteBufferAccessor(answer), key.responseHeaderVersion((short) version))
                .correlationId();
        if (answered != correlationId) {
            throw new IOException("answer to " + answered + " instead of " + correlationId);
        }
        ApiMessage read = AbstractResponse.parseResponse(key, new ByteBufferAccessor(answer), (short) version)
                .data();
        if (answer.hasRemaining()) {
            throw new IOException(answer.remaining() + " bytes after the answer");
        }
        return read;
    }

    private Socket connected() throws IOException {
        Socket present = socket;
        if (present == null) {
            present = new Socket(endpoint.host(), endpoint.port());
            present.setSoTimeout(ANSWER_TIMEOUT_MS);
            present.setTcpNoDelay(true);
            socket = present;
            if (!login.isEmpty()) {
                logIn();
            }
        }
        return present;
    }

    private void logIn() throws IOException {
        send(ApiKeys.SASL_HANDSHAKE, 1, new SaslHandshakeRequestData().setMechanism("PLAIN"));
        receive(ApiKeys.SASL_HANDSHAKE, 1);
        byte[] token = ("\0" + String.join("\0", login)).getBytes(StandardCharsets.UTF_8);
        send(ApiKeys.SASL_AUTHENTICATE, 2, new SaslAuthenticateRequestData().setAuthBytes(token));
        short error = ((SaslAuthenticateResponseData) receive(ApiKeys.SASL_AUTHENTICATE, 2)).errorCode();
        if (error != 0) {
            throw new AssertionError(name + " does not let " + login.get(0) + " in: " + error);
        }
    }

    /** Forgets the connection, so that the next request begins with a new one. */
    void hangUp() {
        try {
            close();
        } catch (IOException gone) {
            throw new AssertionError(gone);
        }
    }

    @Override
    public void close() throws IOException {
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }
}
