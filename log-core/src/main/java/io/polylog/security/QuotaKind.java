package io.polylog.security;

import java.util.Locale;
import java.util.Optional;

/** What is limited. Constants are kept by name: never rename one. */
public enum QuotaKind {
    /** Bytes per second of requests that write. */
    PRODUCER_BYTE_RATE,
    /** Bytes per second of records in answers. */
    CONSUMER_BYTE_RATE;

    /** The name that Kafka's tools give it. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<QuotaKind> of(String key) {
        for (QuotaKind kind : values()) {
            if (kind.key().equals(key)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }
}
