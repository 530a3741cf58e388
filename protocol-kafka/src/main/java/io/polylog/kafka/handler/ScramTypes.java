package io.polylog.kafka.handler;

import io.polylog.security.ScramMechanism;
import java.util.Optional;

/** The numbers by which Kafka's requests name SCRAM mechanisms (KIP-554). */
final class ScramTypes {

    private ScramTypes() {}

    static byte code(ScramMechanism mechanism) {
        return switch (mechanism) {
            case SHA_256 -> 1;
            case SHA_512 -> 2;
        };
    }

    static Optional<ScramMechanism> mechanism(byte code) {
        return switch (code) {
            case 1 -> Optional.of(ScramMechanism.SHA_256);
            case 2 -> Optional.of(ScramMechanism.SHA_512);
            default -> Optional.empty();
        };
    }
}
