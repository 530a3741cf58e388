package io.polylog.broker;

import java.util.concurrent.CompletionStage;

/** Hands out producer ids for idempotent producers. */
@FunctionalInterface
public interface ProducerIds {

    /** A producer id that was never given before, across restarts. */
    CompletionStage<Long> next();
}
