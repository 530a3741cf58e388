package io.polylog.server.badinput;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;

/** Kafka's requests as bytes, and its responses. */
final class KafkaWire {

    private static final int CORRELATION_ID = 17;
    private static final String CLIENT_ID = "stranger";

    private KafkaWire() {}

    /** A request as a stranger sends it. */
    record Ask(ApiKeys key, int version, ApiMessage body) {

        byte[] frame() {
            return frame(CLIENT_ID);
        }

        private byte[] frame(String clientId) {
            RequestHeader header = header(clientId);
            ObjectSerializationCache sizes = new ObjectSerializationCache();
            int headerBytes = header.data().size(sizes, header.headerVersion());
            ByteBuffer bytes = ByteBuffer.allocate(headerBytes + body.size(sizes, (short) version));
            ByteBufferAccessor out = new ByteBufferAccessor(bytes);
            header.data().write(out, sizes, header.headerVersion());
            body.write(out, sizes, (short) version);
            return KafkaWire.frame(bytes.array());
        }

        private RequestHeader header(String clientId) {
            return new RequestHeader(key, (short) version, clientId, CORRELATION_ID);
        }

        /** Sends it and waits for the response. */
        ApiMessage exchange(Stranger stranger) throws IOException {
            stranger.send(frame());
            return answer(stranger);
        }

        /** The response to it, which must be the next on the connection. */
        ApiMessage answer(Stranger stranger) throws IOException {
            ByteBuffer frame = ByteBuffer.wrap(stranger.hear(stranger.hearInt()));
            return AbstractResponse.parseResponse(frame, header(CLIENT_ID)).data();
        }
    }

    /** Bytes with their length in front. */
    static byte[] frame(byte... body) {
        return ByteBuffer.allocate(Integer.BYTES + body.length)
                .putInt(body.length)
                .put(body)
                .array();
    }

    /** The frame of a request whose body is those bytes, whatever they are. */
    static byte[] frame(ApiKeys key, int version, byte... body) {
        RequestHeader header = new RequestHeader(key, (short) version, CLIENT_ID, CORRELATION_ID);
        ByteBuffer head = MessageUtil.toByteBufferAccessor(header.data(), header.headerVersion())
                .buffer();
        return frame(ByteBuffer.allocate(head.remaining() + body.length)
                .put(head)
                .put(body)
                .array());
    }

    /** What every client begins with. */
    static Ask apiVersions() {
        return new Ask(
                ApiKeys.API_VERSIONS,
                3,
                new ApiVersionsRequestData().setClientSoftwareName("stranger").setClientSoftwareVersion("1"));
    }

    static byte[] greeting() {
        return apiVersions().frame();
    }

    static byte[] greetingOf(String clientId) {
        return apiVersions().frame(clientId);
    }
}
