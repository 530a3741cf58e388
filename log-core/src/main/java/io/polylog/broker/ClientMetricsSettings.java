package io.polylog.broker;

import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/**
 * Which metrics clients are asked for (KIP-714): subscriptions by name, each with its settings as a door has understood and
 * checked them. Look-ups answer at once from memory; any thread.
 */
public interface ClientMetricsSettings {

    /** Subscriptions at a time: each is held against each client. */
    int MOST = 500;

    /** Bytes of one, with its name. */
    int MOST_BYTES = 64 << 10;

    /** All that there are; immutable, and the same object until something changes. */
    Map<String, Map<String, String>> all();

    /**
     * Changes a subscription; durable and in force when the stage completes. One without settings is forgotten. Changes are made
     * one after the other.
     *
     * <p>Fails with {@link RefusedException} {@code INVALID_CONFIG} for one that is too many or too large, and with what {@code
     * change} throws.
     *
     * @param change from the present settings to the wanted ones
     * @param dryRun only checks
     */
    CompletionStage<?> change(String name, UnaryOperator<Map<String, String>> change, boolean dryRun);
}
