package io.polylog.server.powercut;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.AppendResult;
import io.polylog.broker.Topic;
import io.polylog.spi.AdapterContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A producer of one partition that numbers its batches, and may send one again without knowing whether it arrived: it
 * must be told the same place. One thread sends.
 */
final class IdempotentProducer {

    /** How many batches back a producer may repeat. */
    private static final int WINDOW = 5;

    private final Model model;
    private final Topic topic;
    private final int partition;
    private final long producerId;
    private final List<Batch> batches = new ArrayList<>();
    private int nextSequence;

    private record Batch(int sequence, List<Sent> values) {}

    IdempotentProducer(Model model, Topic topic, int partition, long producerId) {
        this.model = model;
        this.topic = topic;
        this.partition = partition;
        this.producerId = producerId;
    }

    Topic topic() {
        return topic;
    }

    CompletionStage<?> sendNext(AdapterContext ports, int records) {
        List<Sent> values = new ArrayList<>();
        for (int i = 0; i < records; i++) {
            values.add(new Sent("idempotent-" + producerId, nextSequence + i));
        }
        Batch batch = new Batch(nextSequence, values);
        nextSequence += records;
        batches.add(batch);
        model.partition(topic.name(), partition, seen -> values.forEach(seen::sending));
        return send(ports, batch);
    }

    /** Sends one of the last batches again. */
    CompletionStage<?> repeat(AdapterContext ports, int back) {
        return send(ports, batches.get(Math.max(0, batches.size() - 1 - back % WINDOW)));
    }

    boolean hasSent() {
        return !batches.isEmpty();
    }

    /** Sends all that may be repeated again, in order: what arrived must be recognised, what did not must now. */
    List<CompletionStage<?>> repeatAll(AdapterContext ports) {
        List<Batch> window = batches.subList(Math.max(0, batches.size() - WINDOW), batches.size());
        model.partition(topic.name(), partition, seen -> window.forEach(batch -> seen.sendingAgain(batch.values())));
        List<CompletionStage<?>> sent = new ArrayList<>();
        window.forEach(batch -> sent.add(send(ports, batch)));
        return sent;
    }

    private CompletionStage<?> send(AdapterContext ports, Batch batch) {
        return ports.appender()
                .append(topic.partition(partition), Values.batch(producerId, batch.sequence(), batch.values()))
                .thenAccept(result -> acknowledged(batch, result));
    }

    private void acknowledged(Batch batch, AppendResult result) {
        assertThat(result.baseOffset()).isNotNegative();
        model.acknowledged(topic.id(), topic.name(), partition, seen -> {
            for (int i = 0; i < batch.values().size(); i++) {
                seen.sent(batch.values().get(i), result.baseOffset() + i);
            }
        });
    }
}
