package io.polylog.server.badinput;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.RequestHeader;

/** Kafka's requests as bytes, and its responses. */
final class KafkaWire {

    private static final int CORRELATION_ID = 17;

    private KafkaWire() {}

    /** A request with its length in front. */
    static byte[] frame(AbstractRequest request) {
        return frame(request, "stranger");
    }

    private static byte[] frame(AbstractRequest request, String clientId) {
        ByteBuffer bytes = request.serializeWithHeader(header(request, clientId));
        byte[] body = new byte[bytes.remaining()];
        bytes.get(body);
        return frame(body);
    }

    /** Bytes with their length in front. */
    static byte[] frame(byte... body) {
        return ByteBuffer.allocate(Integer.BYTES + body.length)
                .putInt(body.length)
                .put(body)
                .array();
    }

    private static RequestHeader header(AbstractRequest request, String clientId) {
        return new RequestHeader(request.apiKey(), request.version(), clientId, CORRELATION_ID);
    }

    /** The response to that request. */
    static AbstractResponse response(Stranger stranger, AbstractRequest request) throws IOException {
        ByteBuffer frame = ByteBuffer.wrap(stranger.hear(stranger.hearInt()));
        return AbstractResponse.parseResponse(frame, header(request, "stranger"));
    }

    /** What every client begins with. */
    static AbstractRequest apiVersions() {
        return new ApiVersionsRequest(
                new ApiVersionsRequestData().setClientSoftwareName("stranger").setClientSoftwareVersion("1"),
                (short) 3);
    }

    static byte[] greeting() {
        return frame(apiVersions());
    }

    static byte[] greetingOf(String clientId) {
        return frame(apiVersions(), clientId);
    }
}
