package io.polylog.engine;

import io.polylog.broker.PartitionOffsets;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KeyWriter;
import io.polylog.kv.KvIterator;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The ledgers of one replica group's partitions: what share groups have settled, and nothing about who holds what. Family
 * {@code ledgers}, whose keys begin with the {@linkplain LedgerId ledger id}:
 *
 * <pre>
 *  id, int8 0               -> int64 start offset: every record below is archived
 *  id, int8 1, int64 offset -> int64 end, exclusive, of an archived run above the start
 *  id, int8 2, int64 offset -> int32 failed deliveries of a record not archived
 *  id, int8 3               -> int64 end, exclusive, of what was handed to consumers
 *  id, int8 4, int64 offset -> int32 counted releases of a record not archived
 * </pre>
 *
 * <p>So a settlement writes a few small rows, however much is settled. Apply thread; deterministic.
 */
public final class LedgerState {

    static final String FAMILY = "ledgers";

    /** Changed by the apply thread; what is behind on a partition may be asked for by any. */
    private final Map<Home, Map<String, LedgerRows>> ledgers = new ConcurrentHashMap<>();

    private record Home(UUID topicId, int partition) {}

    void load(KeyValueStore store) {
        try (KvIterator rows = store.scan(FAMILY, new byte[0], Encoding.endOfUuidKeys())) {
            while (rows.next()) {
                ByteBuffer key = ByteBuffer.wrap(rows.key());
                LedgerId id = LedgerId.read(key);
                ledger(id).load(key, ByteBuffer.wrap(rows.value()));
            }
        }
    }

    LedgerSnapshot open(LedgerId id, long startOffset, ApplyContext context) {
        LedgerRows present = present(id);
        if (present != null) {
            return present.snapshot();
        }
        LedgerRows made = ledger(id);
        made.start(startOffset, context.changes());
        return made.snapshot();
    }

    /** How a ledger stands. Apply thread. */
    public Optional<LedgerSnapshot> find(LedgerId id) {
        return Optional.ofNullable(present(id)).map(LedgerRows::snapshot);
    }

    /** All ledgers. Any thread may ask. */
    public Stream<LedgerId> ids() {
        return ledgers.values().stream()
                .flatMap(groups -> groups.values().stream())
                .map(LedgerRows::id);
    }

    /** Answers whether there was such a ledger. */
    boolean forget(LedgerId id, ApplyContext context) {
        LedgerRows present = present(id);
        if (present == null) {
            return false;
        }
        ledgers.computeIfPresent(new Home(id.topicId(), id.partition()), (home, groups) -> {
            groups.remove(id.groupId());
            return groups.isEmpty() ? null : groups;
        });
        present.delete(context.changes());
        return true;
    }

    private @Nullable LedgerRows present(LedgerId id) {
        Map<String, LedgerRows> groups = ledgers.get(new Home(id.topicId(), id.partition()));
        return groups == null ? null : groups.get(id.groupId());
    }

    /**
     * @param logEnd end of the partition's log, exclusive
     * @throws RefusedException {@code NOT_ACQUIRED}, and nothing has changed
     */
    void settle(LedgerId id, List<Settlement> settlements, long logEnd, ApplyContext context) {
        LedgerRows ledger = existing(id);
        for (Settlement settlement : settlements) {
            if (settlement.to() > logEnd || ledger.anyArchived(settlement.from(), settlement.to())) {
                throw new RefusedException(
                        Refusal.NOT_ACQUIRED,
                        "records " + settlement.from() + " to " + (settlement.to() - 1) + " cannot be settled by "
                                + id.groupId() + ": settled before, or not in the log");
            }
        }
        for (Settlement settlement : settlements) {
            switch (settlement.kind()) {
                case ACCEPTED, REJECTED -> ledger.archive(settlement.from(), settlement.to(), context.changes());
                case FAILED -> ledger.fail(settlement.from(), settlement.to(), context.changes());
                case RELEASED -> ledger.release(settlement.from(), settlement.to(), context.changes());
            }
        }
    }

    /**
     * Notes that records below {@code end} were handed out.
     *
     * @throws RefusedException {@code NOT_ACQUIRED} if there is no such ledger
     */
    void delivered(LedgerId id, long end, ApplyContext context) {
        existing(id).delivered(end, context.changes());
    }

    /** Below this every ledger of the partition is done; empty if it has no ledger. */
    OptionalLong lowestStart(UUID topicId, int partition) {
        Map<String, LedgerRows> groups = ledgers.get(new Home(topicId, partition));
        return groups == null
                ? OptionalLong.empty()
                : groups.values().stream().mapToLong(LedgerRows::startOffset).min();
    }

    /**
     * Tells of each ledger how many records are not settled. Any thread may ask.
     *
     * @param offsets where the log that a ledger is on begins and ends
     */
    void backlogs(Function<LedgerId, PartitionOffsets> offsets, BiConsumer<LedgerId, Long> told) {
        for (Map<String, LedgerRows> groups : ledgers.values()) {
            for (LedgerRows ledger : groups.values()) {
                PartitionOffsets log = offsets.apply(ledger.id());
                told.accept(ledger.id(), ledger.unsettled(log.logStart(), log.highWatermark()));
            }
        }
    }

    private LedgerRows existing(LedgerId id) {
        LedgerRows ledger = present(id);
        if (ledger == null) {
            throw new RefusedException(Refusal.NOT_ACQUIRED, "share group " + id.groupId() + " has no ledger here");
        }
        return ledger;
    }

    /** Forgets every group's ledger of a partition that is deleted. */
    void delete(UUID topicId, int partition, ApplyContext context) {
        if (ledgers.remove(new Home(topicId, partition)) != null) {
            byte[] prefix = new KeyWriter().uuid(topicId).int32(partition).toBytes();
            context.changes().deleteRange(FAMILY, prefix, KeyWriter.endOfPrefix(prefix));
        }
    }

    private LedgerRows ledger(LedgerId id) {
        return ledgers.computeIfAbsent(new Home(id.topicId(), id.partition()), home -> new ConcurrentSkipListMap<>())
                .computeIfAbsent(id.groupId(), group -> new LedgerRows(id));
    }
}
