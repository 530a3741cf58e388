package io.polylog.mqtt.codec;

/** The reason codes of MQTT 5 §2.4 that this server sends; one table, since codes mean the same in every packet. */
public enum ReasonCode {
    SUCCESS(0x00),
    NO_SUBSCRIPTION_EXISTED(0x11),
    UNSPECIFIED_ERROR(0x80),
    MALFORMED_PACKET(0x81),
    PROTOCOL_ERROR(0x82),
    IMPLEMENTATION_SPECIFIC(0x83),
    UNSUPPORTED_PROTOCOL_VERSION(0x84),
    CLIENT_IDENTIFIER_NOT_VALID(0x85),
    NOT_AUTHORIZED(0x87),
    SERVER_UNAVAILABLE(0x88),
    BAD_AUTHENTICATION_METHOD(0x8C),
    SERVER_SHUTTING_DOWN(0x8B),
    KEEP_ALIVE_TIMEOUT(0x8D),
    SESSION_TAKEN_OVER(0x8E),
    TOPIC_FILTER_INVALID(0x8F),
    TOPIC_NAME_INVALID(0x90),
    PACKET_IDENTIFIER_IN_USE(0x91),
    PACKET_IDENTIFIER_NOT_FOUND(0x92),
    RECEIVE_MAXIMUM_EXCEEDED(0x93),
    TOPIC_ALIAS_INVALID(0x94),
    PACKET_TOO_LARGE(0x95),
    QUOTA_EXCEEDED(0x97);

    private final int code;

    ReasonCode(int code) {
        this.code = code;
    }

    /** The byte on the wire, as a number from 0 to 255. */
    public int code() {
        return code;
    }

    public byte byteValue() {
        return (byte) code;
    }

    /** Codes from 0x80 say that the request failed (MQTT 5 §2.4). */
    public boolean isError() {
        return code >= 0x80;
    }
}
