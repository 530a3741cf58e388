package io.polylog.kafka.codec;

/** Bytes that are no Kafka request this gateway can answer; the connection is closed. Carries no payload and no trace. */
public final class MalformedRequestException extends RuntimeException {

    public MalformedRequestException(String message) {
        super(message, null, false, false);
    }
}
