package io.polylog.engine;

import io.polylog.broker.AppendResult;
import io.polylog.broker.Marks;
import io.polylog.broker.Origin;
import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
import io.polylog.record.StoredRecord;
import io.polylog.record.TopicPartition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Appends a batch of single records, some of which have {@link Marks}: a record that its origin has published before is left
 * out. Body: topic id, int32 partition, int32 batch bytes, the batch, and for each record int8 1 if it has an origin (origin
 * id, int64 sequence, int64 floor) plus 2 if it is retained (text name).
 *
 * @param batch without a producer id, uncompressed
 * @param marks one for each record, in order
 */
public record AppendMarked(UUID topicId, int partition, RecordBatch batch, List<Marks> marks)
        implements Command<MarkedAppend> {

    static final byte TYPE = 45;

    private static final int HAS_ORIGIN = 1;
    private static final int IS_RETAINED = 2;

    public AppendMarked {
        marks = List.copyOf(marks);
        if (marks.size() != batch.recordCount()) {
            throw new IllegalArgumentException(marks.size() + " marks for " + batch.recordCount() + " records");
        }
    }

    @Override
    public byte type() {
        return TYPE;
    }

    @Override
    public int sizeInBytes() {
        int size = Encoding.UUID_BYTES + 2 * Integer.BYTES + batch.sizeInBytes();
        for (Marks mark : marks) {
            size += 1
                    + (mark.origin().isPresent() ? Encoding.UUID_BYTES + 2 * Long.BYTES : 0)
                    + mark.retainAs().map(Encoding::sizeOf).orElse(0);
        }
        return size;
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putUuid(target, topicId);
        target.putInt(partition).putInt(batch.sizeInBytes()).put(batch.buffer());
        for (Marks mark : marks) {
            target.put((byte) ((mark.origin().isPresent() ? HAS_ORIGIN : 0)
                    | (mark.retainAs().isPresent() ? IS_RETAINED : 0)));
            mark.origin().ifPresent(origin -> {
                Encoding.putUuid(target, origin.id());
                target.putLong(origin.sequence()).putLong(origin.floor());
            });
            mark.retainAs().ifPresent(name -> Encoding.putText(target, name));
        }
    }

    static AppendMarked read(ByteBuffer body) {
        UUID topicId = Encoding.uuid(body);
        int partition = body.getInt();
        int batchBytes = body.getInt();
        RecordBatch batch = new RecordBatch(body.slice(body.position(), batchBytes));
        body.position(body.position() + batchBytes);
        List<Marks> marks = new ArrayList<>();
        while (body.hasRemaining()) {
            int kind = body.get();
            Optional<Origin> origin = (kind & HAS_ORIGIN) == 0
                    ? Optional.empty()
                    : Optional.of(new Origin(Encoding.uuid(body), body.getLong(), body.getLong()));
            Optional<String> retainAs = (kind & IS_RETAINED) == 0 ? Optional.empty() : Optional.of(Encoding.text(body));
            marks.add(new Marks(origin, retainAs));
        }
        return new AppendMarked(topicId, partition, batch, marks);
    }

    @Override
    public MarkedAppend applyTo(GroupState state, ApplyContext context) {
        state.partitions().existing(topicId, partition);
        boolean[] fresh = fresh(state.origins(), context);
        int count = 0;
        for (boolean isFresh : fresh) {
            count += isFresh ? 1 : 0;
        }
        AppendResult result = count == 0
                ? new AppendResult(-1, context.timeMs(), 0)
                : state.partitions().append(topicId, partition, count == fresh.length ? batch : only(fresh), context);
        long[] offsets = new long[fresh.length];
        long next = result.baseOffset();
        for (int i = 0; i < offsets.length; i++) {
            Origin origin = marks.get(i).origin().orElse(null);
            if (fresh[i]) {
                offsets[i] = next++;
                if (origin != null) {
                    state.origins().took(topicId, partition, origin, offsets[i], context);
                }
            } else if (origin != null) {
                Long before = state.origins().find(topicId, partition, origin, context);
                offsets[i] = before == null ? -1 : before;
            }
        }
        if (count > 0 && marks.stream().anyMatch(mark -> mark.retainAs().isPresent())) {
            retain(offsets, fresh, state, context);
        }
        return new MarkedAppend(result, offsets);
    }

    /** Only retained records are looked into. */
    private void retain(long[] offsets, boolean[] fresh, GroupState state, ApplyContext context) {
        List<StoredRecord> records = batch.decode();
        TopicPartition source = state.partitions().existing(topicId, partition).id();
        for (int i = 0; i < fresh.length; i++) {
            Optional<String> name = marks.get(i).retainAs();
            if (fresh[i] && name.isPresent()) {
                StoredRecord stored =
                        new StoredRecord(offsets[i], records.get(i).record());
                state.send(state.retained().homeOf(name.get()), RetainValue.of(name.get(), source, stored), context);
            }
        }
    }

    /** Which records are neither there already, nor stand in this batch for the second time. */
    private boolean[] fresh(OriginState origins, ApplyContext context) {
        boolean[] fresh = new boolean[marks.size()];
        Set<Origin> here = new HashSet<>();
        for (int i = 0; i < fresh.length; i++) {
            Origin origin = marks.get(i).origin().orElse(null);
            fresh[i] = origin == null
                    || (origins.find(topicId, partition, origin, context) == null
                            && here.add(new Origin(origin.id(), origin.sequence(), 0)));
        }
        return fresh;
    }

    private RecordBatch only(boolean[] fresh) {
        List<Record> rest = new ArrayList<>();
        List<StoredRecord> all = batch.decode();
        for (int i = 0; i < fresh.length; i++) {
            if (fresh[i]) {
                rest.add(all.get(i).record());
            }
        }
        return RecordBatch.encode(rest);
    }
}
