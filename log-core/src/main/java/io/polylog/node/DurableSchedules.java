package io.polylog.node;

import io.polylog.broker.AppendResult;
import io.polylog.broker.Marks;
import io.polylog.broker.Publisher.Published;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.broker.TopicSettings;
import io.polylog.broker.Topics;
import io.polylog.engine.Append;
import io.polylog.engine.AppendPlanned;
import io.polylog.engine.CancelSchedule;
import io.polylog.engine.LocalEngine;
import io.polylog.engine.ScheduleReader;
import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
import io.polylog.record.StoredRecord;
import io.polylog.record.TopicPartition;
import io.polylog.schedule.Cancelled;
import io.polylog.schedule.Pending;
import io.polylog.schedule.Plan;
import io.polylog.schedule.ScheduleHeaders;
import io.polylog.schedule.Schedules;
import io.polylog.time.EpochClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Proposes what records ask for in their headers to the home groups of their partitions, and reads what waits there.
 * Stateless; any thread.
 */
final class DurableSchedules implements Schedules {

    private static final int MAX_PAGE = 1000;
    private static final int MAX_PAGE_BYTES = 4 << 20;

    private final LocalEngine engine;
    private final Topics topics;
    private final Executor workers;
    private final EpochClock clock;
    private final long maxDelayMs;

    DurableSchedules(LocalEngine engine, Topics topics, Executor workers, EpochClock clock, int maxDelayDays) {
        this.engine = engine;
        this.topics = topics;
        this.workers = workers;
        this.clock = clock;
        this.maxDelayMs = TimeUnit.DAYS.toMillis(maxDelayDays);
    }

    /** Whether a record is to go through here. */
    boolean concerns(TopicPartition partition, Record record) {
        return ScheduleHeaders.ask(record.headers())
                && topics.find(partition.topicId())
                        .filter(TopicSettings::schedules)
                        .isPresent();
    }

    /** Schedules or cancels, whichever a record asks for. */
    CompletionStage<Published> publish(TopicPartition partition, Record record, Marks marks) {
        try {
            Optional<String> cancels = ScheduleHeaders.cancels(record);
            if (cancels.isPresent()) {
                return cancelOrRefuse(topic(partition), cancels.get())
                        .thenApply(done -> new Published(partition, AppendPlanned.NO_OFFSET));
            }
            long nowMs = clock.timeMs();
            Plan plan = ScheduleHeaders.plan(record, nowMs, maxDelayMs).with(marks);
            Record later = ScheduleHeaders.withoutRequest(record, nowMs, plan.dueMs());
            return propose(partition, null, null, List.of(later), List.of(plan))
                    .thenApply(scheduled -> new Published(partition, AppendPlanned.NO_OFFSET));
        } catch (RefusedException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    @Override
    public CompletionStage<AppendResult> append(TopicPartition partition, RecordBatch batch) {
        try {
            return split(partition, batch);
        } catch (RefusedException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    private CompletionStage<AppendResult> split(TopicPartition partition, RecordBatch batch) {
        if (batch.isTransactional()) {
            throw new RefusedException(Refusal.INVALID_SCHEDULE, "a message cannot be scheduled in a transaction");
        }
        Topic topic = topic(partition);
        long nowMs = clock.timeMs();
        List<String> cancels = new ArrayList<>();
        List<Record> atOnce = new ArrayList<>();
        List<Record> later = new ArrayList<>();
        List<Plan> plans = new ArrayList<>();
        for (StoredRecord stored : batch.decode()) {
            Record record = stored.record();
            if (!ScheduleHeaders.ask(record.headers())) {
                atOnce.add(record);
                continue;
            }
            Optional<String> cancelled = ScheduleHeaders.cancels(record);
            if (cancelled.isPresent()) {
                cancels.add(cancelled.get());
            } else {
                Plan plan = ScheduleHeaders.plan(record, nowMs, maxDelayMs);
                plans.add(plan);
                later.add(ScheduleHeaders.withoutRequest(record, nowMs, plan.dueMs()));
            }
        }
        if (plans.isEmpty() && cancels.isEmpty()) {
            return engine.home(partition.topicId(), partition.partition())
                    .propose(new Append(partition.topicId(), partition.partition(), batch));
        }
        CompletionStage<Void> ready = CompletableFuture.completedFuture(null);
        for (String id : cancels) {
            ready = ready.thenCompose(before -> cancelOrRefuse(topic, id));
        }
        RecordBatch original = batch.hasProducerId() ? batch.withoutRecords() : null;
        RecordBatch rest = atOnce.isEmpty() ? null : RecordBatch.encode(atOnce);
        return ready.thenCompose(done -> propose(partition, original, rest, later, plans));
    }

    private CompletionStage<AppendResult> propose(
            TopicPartition partition,
            @Nullable RecordBatch original,
            @Nullable RecordBatch atOnce,
            List<Record> later,
            List<Plan> plans) {
        return engine.home(partition.topicId(), partition.partition())
                .propose(new AppendPlanned(
                        partition.topicId(),
                        partition.partition(),
                        original,
                        atOnce,
                        later.isEmpty() ? null : RecordBatch.encode(later),
                        plans));
    }

    private Topic topic(TopicPartition partition) {
        return topics.find(partition.topicId())
                .orElseThrow(() -> new RefusedException(
                        Refusal.UNKNOWN_TOPIC, "topic " + partition.topic() + " does not exist any more"));
    }

    private CompletionStage<Void> cancelOrRefuse(Topic topic, String id) {
        return cancel(topic, id).thenAccept(answer -> {
            switch (answer) {
                case CANCELLED -> {}
                case TOO_LATE ->
                    throw new RefusedException(
                            Refusal.SCHEDULE_TOO_LATE, "too late: it has entered topic " + topic.name() + " already");
                case NOT_FOUND ->
                    throw new RefusedException(
                            Refusal.SCHEDULE_NOT_FOUND, "nothing of that id waits for topic " + topic.name());
            }
        });
    }

    @Override
    public CompletionStage<Cancelled> cancel(Topic topic, String id) {
        CompletionStage<Cancelled> answer = CompletableFuture.completedFuture(Cancelled.NOT_FOUND);
        for (int partition = 0; partition < topic.partitionCount(); partition++) {
            CompletionStage<Cancelled> one =
                    engine.home(topic.id(), partition).propose(new CancelSchedule(topic.id(), partition, id));
            answer = answer.thenCombine(one, (a, b) -> a.compareTo(b) <= 0 ? a : b);
        }
        return answer;
    }

    @Override
    public CompletionStage<List<Pending>> list(Topic topic, Optional<Place> after, int limit) {
        if (limit < 1 || limit > MAX_PAGE) {
            throw new IllegalArgumentException("a page of " + limit + "; 1 to " + MAX_PAGE);
        }
        return CompletableFuture.supplyAsync(
                () -> {
                    List<Pending> found = new ArrayList<>();
                    int first = after.map(Place::partition).orElse(0);
                    int bytes = 0;
                    for (int number = first;
                            number < topic.partitionCount() && found.size() < limit && bytes < MAX_PAGE_BYTES;
                            number++) {
                        TopicPartition partition = topic.partition(number);
                        Optional<String> afterId = number == first ? after.map(Place::id) : Optional.empty();
                        found.addAll(reader(partition)
                                .list(partition, afterId, limit - found.size(), MAX_PAGE_BYTES - bytes));
                        bytes = found.stream()
                                .mapToInt(pending -> pending.record().sizeInBytes())
                                .sum();
                    }
                    return found;
                },
                workers);
    }

    private ScheduleReader reader(TopicPartition partition) {
        return engine.scheduleReader(
                engine.home(partition.topicId(), partition.partition()).id());
    }

    @Override
    public long count() {
        return engine.groups().stream()
                .mapToLong(group -> engine.schedules(group.id()).waiting())
                .sum();
    }
}
