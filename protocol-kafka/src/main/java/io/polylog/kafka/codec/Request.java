package io.polylog.kafka.codec;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.BiPredicate;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * One request as it was read. Record fields inside the body are slices of the frame, so the frame lives as long as they
 * do.
 *
 * @param header api key, version, correlation id, client id
 * @param body the request in kafka-clients' own class
 * @param sizeInBytes bytes of the frame
 */
public record Request(RequestHeader header, AbstractRequest body, int sizeInBytes) {

    public Request {
        Objects.requireNonNull(header, "header");
        Objects.requireNonNull(body, "body");
    }

    /**
     * Reads a frame.
     *
     * @param answered whether this gateway answers an API in a version
     * @throws MalformedRequestException if it is not a request, or one this gateway does not answer
     */
    public static Request parse(ByteBuffer frame, BiPredicate<ApiKeys, Short> answered) {
        int size = frame.remaining();
        try {
            FieldReader fields = new FieldReader(frame);
            RequestHeader header = header(frame, fields);
            ApiKeys key = header.apiKey();
            short version = header.apiVersion();
            if (key == ApiKeys.API_VERSIONS && !header.isApiVersionSupported()) {
                // KIP-511: a version from the future is answered in version 0 with UNSUPPORTED_VERSION, body unread.
                return new Request(
                        header, new ApiVersionsRequest(new ApiVersionsRequestData(), (short) 0, version), size);
            }
            if (!answered.test(key, version)) {
                throw new MalformedRequestException(key.name + " version " + version + " is not offered");
            }
            AbstractRequest body = AbstractRequest.parseRequest(key, version, fields).request;
            return new Request(header, body, size);
        } catch (MalformedRequestException malformed) {
            throw malformed;
        } catch (RuntimeException unreadable) {
            // The generated readers throw many types; their messages quote lengths and names of fields, never content.
            throw new MalformedRequestException(
                    "not a readable request: " + unreadable.getClass().getSimpleName());
        }
    }

    /** The form of a header depends on the API and the version that it begins with. */
    private static RequestHeader header(ByteBuffer frame, FieldReader fields) {
        short key = frame.getShort(frame.position());
        short version = frame.getShort(frame.position() + Short.BYTES);
        short headerVersion = ApiKeys.forId(key).requestHeaderVersion(version);
        RequestHeaderData data = new RequestHeaderData(fields, headerVersion);
        if (data.clientId() == null) {
            data.setClientId(""); // nullable by mistake, says Kafka's own reader
        }
        return new RequestHeader(data, headerVersion);
    }

    public ApiKeys key() {
        return header.apiKey();
    }

    /** The version in which the answer is written. */
    public short version() {
        return body.version();
    }

    public String clientId() {
        return header.clientId() == null ? "" : header.clientId();
    }
}
