package io.polylog.group;

import io.polylog.broker.Appender;
import io.polylog.broker.Fetcher;
import io.polylog.broker.Topic;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * The coordinator's way to its own topic.
 *
 * @param topic answers {@link GroupCoordinator#TOPIC}, creating it if need be; called on the first group request
 * @param appender may write to the gateway's own topics
 * @param fetcher reads it back when the coordinator starts
 * @param gate asked before offsets are committed in a transaction
 */
public record OffsetsLog(Supplier<CompletionStage<Topic>> topic, Appender appender, Fetcher fetcher, OffsetsGate gate) {

    public OffsetsLog {
        Objects.requireNonNull(topic, "topic");
        Objects.requireNonNull(appender, "appender");
        Objects.requireNonNull(fetcher, "fetcher");
        Objects.requireNonNull(gate, "gate");
    }
}
