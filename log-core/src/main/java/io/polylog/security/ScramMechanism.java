package io.polylog.security;

import java.util.Optional;

/** How a password is salted and proved (RFC 5802, RFC 7677). Constants are kept by name: never rename one. */
public enum ScramMechanism {
    SHA_256("SCRAM-SHA-256", "SHA-256", "HmacSHA256", 32),
    SHA_512("SCRAM-SHA-512", "SHA-512", "HmacSHA512", 64);

    /** Fewer are too quick to try out. */
    public static final int MIN_ITERATIONS = 4096;

    /** More would cost clients and gateway too much time at each login. */
    public static final int MAX_ITERATIONS = 16_384;

    private final String mechanism;
    private final String digest;
    private final String mac;
    private final int keyBytes;

    ScramMechanism(String mechanism, String digest, String mac, int keyBytes) {
        this.mechanism = mechanism;
        this.digest = digest;
        this.mac = mac;
        this.keyBytes = keyBytes;
    }

    /** The name of SASL's. */
    public String mechanism() {
        return mechanism;
    }

    String digest() {
        return digest;
    }

    String mac() {
        return mac;
    }

    /** Bytes of its keys. */
    public int keyBytes() {
        return keyBytes;
    }

    public static Optional<ScramMechanism> named(String mechanism) {
        for (ScramMechanism one : values()) {
            if (one.mechanism.equals(mechanism)) {
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }
}
