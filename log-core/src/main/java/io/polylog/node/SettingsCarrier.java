package io.polylog.node;

import io.polylog.broker.Topic;
import io.polylog.engine.ConfigurePartition;
import io.polylog.engine.LocalEngine;
import io.polylog.engine.Partition;
import io.polylog.engine.PartitionSettings;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Brings a topic's settings to its partitions, whose groups decide by them. What a crash cuts short is finished at the next
 * start: partitions that have them already are left alone. Any thread.
 */
final class SettingsCarrier {

    private final LocalEngine engine;

    SettingsCarrier(LocalEngine engine) {
        this.engine = engine;
    }

    /** To all partitions, in the order of the calls; the stage completes when they are durable there. */
    CompletionStage<Void> bring(Topic topic) {
        return each(topic, number -> bring(topic, number));
    }

    /** Whether partitions have to be told of one topic what they would not be told of the other. */
    static boolean differ(Topic one, Topic other) {
        return !PartitionSettings.of(one.settings()).equals(PartitionSettings.of(other.settings()));
    }

    /** To those partitions that do not have them. At start, when none is on its way. */
    CompletionStage<Void> catchUp(Topic topic) {
        return each(topic, number -> {
            Partition partition = engine.partitions().find(topic.id(), number);
            boolean missing = partition != null && !partition.settings().equals(PartitionSettings.of(topic.settings()));
            return missing ? bring(topic, number) : CompletableFuture.completedFuture(false);
        });
    }

    /** To a partition that was made just now. */
    CompletionStage<Boolean> bringNew(Topic topic, int number) {
        return PartitionSettings.of(topic.settings()).equals(PartitionSettings.DEFAULT)
                ? CompletableFuture.completedFuture(false)
                : bring(topic, number);
    }

    private CompletionStage<Boolean> bring(Topic topic, int number) {
        return engine.home(topic.id(), number)
                .propose(new ConfigurePartition(topic.id(), number, PartitionSettings.of(topic.settings())));
    }

    private static CompletionStage<Void> each(Topic topic, IntFunction<CompletionStage<Boolean>> step) {
        return CompletableFuture.allOf(IntStream.range(0, topic.partitionCount())
                .mapToObj(number -> step.apply(number).toCompletableFuture())
                .toArray(CompletableFuture[]::new));
    }
}
