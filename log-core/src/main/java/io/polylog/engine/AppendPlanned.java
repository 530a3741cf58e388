package io.polylog.engine;

import io.polylog.broker.AppendResult;
import io.polylog.broker.Marks;
import io.polylog.broker.Origin;
import io.polylog.record.RecordBatch;
import io.polylog.record.StoredRecord;
import io.polylog.schedule.Plan;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Lets records wait for their time, and appends those that came with them and need not wait. Body: topic id, int32
 * partition, then three times int32 bytes and the bytes, none if there is nothing: the header of the batch that all of them
 * came in, the batch of those that do not wait, the batch of those that do; then the plans.
 *
 * @param original the header of an idempotent producer's batch, whose sequence numbers are taken as if it had been appended
 * @param atOnce without a producer id; null if all wait
 * @param planned uncompressed, without a producer id, as they will come; null if none waits
 * @param plans one for each record of {@code planned}, in order
 */
public record AppendPlanned(
        UUID topicId,
        int partition,
        @Nullable RecordBatch original,
        @Nullable RecordBatch atOnce,
        @Nullable RecordBatch planned,
        List<Plan> plans)
        implements Command<AppendResult> {

    static final byte TYPE = 50;

    /** The offset of what has none yet. */
    public static final long NO_OFFSET = -1;

    public AppendPlanned {
        plans = List.copyOf(plans);
        int count = planned == null ? 0 : planned.recordCount();
        if (plans.size() != count) {
            throw new IllegalArgumentException(plans.size() + " plans for " + count + " records");
        }
    }

    @Override
    public byte type() {
        return TYPE;
    }

    @Override
    public int sizeInBytes() {
        return Encoding.UUID_BYTES
                + 4 * Integer.BYTES
                + size(original)
                + size(atOnce)
                + size(planned)
                + plans.stream().mapToInt(PlanCodec::sizeInBytes).sum();
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putUuid(target, topicId);
        target.putInt(partition);
        put(original, target);
        put(atOnce, target);
        put(planned, target);
        plans.forEach(plan -> PlanCodec.write(plan, target));
    }

    private static int size(@Nullable RecordBatch batch) {
        return batch == null ? 0 : batch.sizeInBytes();
    }

    private static void put(@Nullable RecordBatch batch, ByteBuffer target) {
        if (batch == null) {
            target.putInt(0);
        } else {
            target.putInt(batch.sizeInBytes()).put(batch.buffer());
        }
    }

    static AppendPlanned read(ByteBuffer body) {
        UUID topicId = Encoding.uuid(body);
        int partition = body.getInt();
        RecordBatch original = batch(body);
        RecordBatch atOnce = batch(body);
        RecordBatch planned = batch(body);
        List<Plan> plans = new ArrayList<>();
        while (body.hasRemaining()) {
            plans.add(PlanCodec.read(body));
        }
        return new AppendPlanned(topicId, partition, original, atOnce, planned, plans);
    }

    private static @Nullable RecordBatch batch(ByteBuffer body) {
        int size = body.getInt();
        if (size == 0) {
            return null;
        }
        ByteBuffer bytes = body.slice(body.position(), size);
        body.position(body.position() + size);
        return new RecordBatch(bytes);
    }

    @Override
    public AppendResult applyTo(GroupState state, ApplyContext context) {
        Partition target = state.partitions().existing(topicId, partition);
        long logStart = target.log().logStart();
        if (original != null) {
            ProducerWindow.@Nullable Taken before = target.producers().check(original, context);
            if (before != null) {
                return new AppendResult(before.baseOffset(), before.appendTimeMs(), logStart);
            }
        }
        AppendResult result = atOnce == null
                ? new AppendResult(NO_OFFSET, context.timeMs(), logStart)
                : state.partitions().append(topicId, partition, atOnce, context);
        if (original != null) {
            target.producers().took(original, result.baseOffset(), context);
        }
        if (planned != null) {
            plan(planned.decode(), state, context);
        }
        return result;
    }

    /** What its origin has published before is left out. */
    private void plan(List<StoredRecord> records, GroupState state, ApplyContext context) {
        for (int i = 0; i < records.size(); i++) {
            Plan plan = plans.get(i);
            Optional<Origin> origin = plan.marks().origin();
            boolean before =
                    origin.isPresent() && state.origins().find(topicId, partition, origin.get(), context) != null;
            if (!before) {
                state.schedules()
                        .add(
                                topicId,
                                partition,
                                plan.with(
                                        new Marks(Optional.empty(), plan.marks().retainAs())),
                                records.get(i).record(),
                                context);
                origin.ifPresent(from -> state.origins().took(topicId, partition, from, NO_OFFSET, context));
            }
        }
    }
}
