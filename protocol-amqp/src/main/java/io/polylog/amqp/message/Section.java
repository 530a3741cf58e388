package io.polylog.amqp.message;

/** The sections of a bare and annotated message, in the order in which they must come (part 3, §3.2). */
enum Section {
    HEADER(0x70, "amqp:header:list"),
    DELIVERY_ANNOTATIONS(0x71, "amqp:delivery-annotations:map"),
    MESSAGE_ANNOTATIONS(0x72, "amqp:message-annotations:map"),
    PROPERTIES(0x73, "amqp:properties:list"),
    APPLICATION_PROPERTIES(0x74, "amqp:application-properties:map"),
    DATA(0x75, "amqp:data:binary"),
    SEQUENCE(0x76, "amqp:amqp-sequence:list"),
    VALUE(0x77, "amqp:amqp-value:*"),
    FOOTER(0x78, "amqp:footer:map");

    private static final Section[] BY_CODE = values();

    private final int code;
    private final String symbol;

    Section(int code, String symbol) {
        this.code = code;
        this.symbol = symbol;
    }

    int code() {
        return code;
    }

    boolean isBody() {
        return this == DATA || this == SEQUENCE || this == VALUE;
    }

    static Section ofCode(long code) {
        if (code < 0x70 || code > 0x78) {
            throw AmqpReader.malformed("a message has no section 0x" + Long.toHexString(code));
        }
        return BY_CODE[(int) code - 0x70];
    }

    static Section ofSymbol(String symbol) {
        for (Section section : BY_CODE) {
            if (section.symbol.equals(symbol)) {
                return section;
            }
        }
        throw AmqpReader.malformed("a message has no section of that name");
    }
}
