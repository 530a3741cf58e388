package io.polylog.broker;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/**
 * The settings of the broker by Kafka's names, those of {@link KnownBrokerSettings}. What was given to one node while it ran comes
 * before what was given to all, that before the configuration file, and that before the default. Look-ups answer at once from
 * memory; any thread.
 */
public interface BrokerSettings {

    /** In the place of a node id: all nodes. */
    String ALL_NODES = "";

    /** What was given to a node while it ran, by its id, or to {@link #ALL_NODES}. */
    Map<String, String> given(String node);

    /** What the configuration file says, as far as it says something. */
    Map<String, String> configured();

    /** What holds here; empty if nothing was said and there is no default. */
    Optional<String> value(BrokerSetting setting);

    /**
     * Changes what was given to a node, or to all of them; durable and in force when the stage completes.
     *
     * <p>Fails with {@link RefusedException} {@code INVALID_CONFIG} for a name that cannot be changed or a value that does not fit,
     * and with what {@code change} throws.
     *
     * @param change from what is given now to what is wanted
     * @param dryRun only checks
     */
    CompletionStage<?> change(String node, UnaryOperator<Map<String, String>> change, boolean dryRun);
}
