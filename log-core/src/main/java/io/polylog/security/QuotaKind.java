package io.polylog.security;

import java.util.Locale;
import java.util.Optional;

/** What is limited. Constants are kept by name: never rename one. */
public enum QuotaKind {
    /** Bytes per second of requests that write. */
    PRODUCER_BYTE_RATE(true, Long.MAX_VALUE, 1, 3_600_000),
    /** Bytes per second of records in answers. */
    CONSUMER_BYTE_RATE(true, Long.MAX_VALUE, 1, 3_600_000),
    /** Time that one thread spends on requests, in per cent (KIP-124). */
    REQUEST_PERCENTAGE(false, Double.MAX_VALUE, 1, 1_000),
    /** Partitions per second that are made and deleted (KIP-599). */
    CONTROLLER_MUTATION_RATE(false, Double.MAX_VALUE, 11, 3_600_000),
    /** Connections per second of an address (KIP-612). */
    CONNECTION_CREATION_RATE(true, Integer.MAX_VALUE, 1, 1_000);

    private final boolean whole;
    private final double most;
    private final int burstSeconds;
    private final int maxWaitMs;

    QuotaKind(boolean whole, double most, int burstSeconds, int maxWaitMs) {
        this.whole = whole;
        this.most = most;
        this.burstSeconds = burstSeconds;
        this.maxWaitMs = maxWaitMs;
    }

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

    /** Whether addresses have it, and not users and clients. */
    public boolean ofAddresses() {
        return this == CONNECTION_CREATION_RATE;
    }

    /** Whether a limit may have that value. */
    public boolean takes(double value) {
        return value > 0 && value <= most && (!whole || value == Math.rint(value));
    }

    /** Seconds' worth of the limit that may be used at once. */
    public int burstSeconds() {
        return burstSeconds;
    }

    /** Longest wait at a time, in milliseconds. */
    public int maxWaitMs() {
        return maxWaitMs;
    }
}
