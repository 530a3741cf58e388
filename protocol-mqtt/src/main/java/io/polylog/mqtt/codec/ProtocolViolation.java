package io.polylog.mqtt.codec;

import io.netty.handler.codec.DecoderException;
import java.util.Objects;

/**
 * A packet that the connection cannot survive, with the code that MQTT 5 gives it. The message never quotes what was
 * received. It has no stack trace: anybody on the network can cause one.
 */
public final class ProtocolViolation extends DecoderException {

    private final ReasonCode reason;

    public ProtocolViolation(ReasonCode reason, String message) {
        super(message);
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    public ReasonCode reason() {
        return reason;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this; // an expected fault, thrown as often as strangers like
    }
}
