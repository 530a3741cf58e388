package io.polylog.server.powercut;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.powercut.Observation.LedgerSeen;
import io.polylog.server.powercut.Observation.PartitionSeen;
import io.polylog.server.powercut.Observation.RecordSeen;
import io.polylog.share.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What one partition must hold, and what it may hold beside, going by what was sent and acknowledged. Under the model's lock. */
final class PartitionModel {

    /** Values of each stream in the order in which they were sent here. */
    private final Map<String, List<Sent>> streams = new HashMap<>();

    /** Where a value stands, if its acknowledgement said so, or -1. */
    private final Map<Sent, Long> acknowledged = new HashMap<>();

    private final Map<String, CommittedModel> committed = new TreeMap<>();
    private final Map<String, LedgerModel> ledgers = new TreeMap<>();

    /** A group's committed offset. */
    private static final class CommittedModel {
        private long acknowledged = -1;
        private final Set<Long> pending = new HashSet<>();
    }

    /** What a share group has settled. */
    private static final class LedgerModel {
        private final Set<Long> archived = new HashSet<>();
        private final Map<Long, Integer> failures = new HashMap<>();
        private final Map<Long, Outcome> pending = new HashMap<>();
    }

    void sending(Sent sent) {
        streams.computeIfAbsent(sent.stream(), stream -> new ArrayList<>()).add(sent);
    }

    /** Like {@link #sending}, of values that may be there already. */
    void sendingAgain(List<Sent> values) {
        for (Sent sent : values) {
            if (!acknowledged.containsKey(sent)) {
                sending(sent);
            }
        }
    }

    void sent(Sent sent, long offset) {
        Long before = acknowledged.put(sent, offset);
        assertThat(before == null || before == offset)
                .as("%s was acknowledged at offset %s, and then at %s", sent, before, offset)
                .isTrue();
    }

    void committing(String group, long offset) {
        committed.computeIfAbsent(group, key -> new CommittedModel()).pending.add(offset);
    }

    void committed(String group, long offset) {
        CommittedModel model = committed.computeIfAbsent(group, key -> new CommittedModel());
        model.pending.remove(offset);
        model.acknowledged = offset;
    }

    void joined(String group) {
        ledgers.computeIfAbsent(group, key -> new LedgerModel());
    }

    Set<String> shareGroups() {
        return Set.copyOf(ledgers.keySet());
    }

    Set<String> streamGroups() {
        return Set.copyOf(committed.keySet());
    }

    void settling(String group, long offset, Outcome outcome) {
        ledger(group).pending.put(offset, outcome);
    }

    void settled(String group, long offset) {
        LedgerModel ledger = ledger(group);
        Outcome outcome = ledger.pending.remove(offset);
        if (outcome == Outcome.FAIL) {
            ledger.failures.merge(offset, 1, Integer::sum);
        } else if (outcome != Outcome.RELEASE) {
            ledger.archived.add(offset);
        }
    }

    private LedgerModel ledger(String group) {
        return ledgers.computeIfAbsent(group, key -> new LedgerModel());
    }

    // ---- after a crash ------------------------------------------------------------------------------------------

    /** Checks what was found, and takes it for what must be found from now on. */
    void check(String where, PartitionSeen seen) {
        checkRecords(where, seen.records());
        committed.forEach((group, model) -> {
            long found = seen.committed().getOrDefault(group, -1L);
            assertThat(found == model.acknowledged || model.pending.contains(found))
                    .as(
                            "%s: group %s committed %s (pending %s) and has %s",
                            where, group, model.acknowledged, model.pending, found)
                    .isTrue();
            model.acknowledged = found;
            model.pending.clear();
        });
        ledgers.forEach((group, model) ->
                checkLedger(where + " of " + group, model, seen, seen.ledgers().get(group)));
    }

    private void checkRecords(String where, List<RecordSeen> records) {
        Map<Sent, Long> found = new HashMap<>();
        Map<String, List<Sent>> foundByStream = new HashMap<>();
        long next = 0;
        for (RecordSeen record : records) {
            assertThat(record.offset()).as("%s: next offset", where).isEqualTo(next++);
            assertThat(found.put(record.sent(), record.offset()))
                    .as("%s: %s is there twice", where, record.sent())
                    .isNull();
            foundByStream
                    .computeIfAbsent(record.sent().stream(), stream -> new ArrayList<>())
                    .add(record.sent());
        }
        foundByStream.forEach((stream, values) -> {
            List<Sent> all = streams.getOrDefault(stream, List.of());
            assertThat(values)
                    .as("%s: the values of %s, in order and without a gap", where, stream)
                    .isEqualTo(all.subList(0, Math.min(values.size(), all.size())));
        });
        acknowledged.forEach((sent, offset) -> {
            assertThat(found).as("%s: %s was acknowledged", where, sent).containsKey(sent);
            assertThat(offset == -1 || offset.equals(found.get(sent)))
                    .as("%s: %s was acknowledged at offset %s and is at %s", where, sent, offset, found.get(sent))
                    .isTrue();
        });
        acknowledged.putAll(found);
        streams.values().forEach(values -> values.removeIf(sent -> !found.containsKey(sent)));
    }

    private static void checkLedger(String where, LedgerModel model, PartitionSeen seen, @Nullable LedgerSeen ledger) {
        assertThat(ledger).as("ledger of %s", where).isNotNull();
        for (RecordSeen record : seen.records()) {
            long offset = record.offset();
            Integer failures = ledger.failures().get(offset);
            int known = model.failures.getOrDefault(offset, 0);
            Outcome pending = model.pending.get(offset);
            boolean mayBeArchived = pending == Outcome.ACCEPT || pending == Outcome.REJECT;
            if (failures == null) {
                assertThat(model.archived.contains(offset) || mayBeArchived)
                        .as("%s: offset %s is not available and was never settled", where, offset)
                        .isTrue();
                model.archived.add(offset);
            } else {
                assertThat(model.archived)
                        .as("%s: settled before, and available", where)
                        .doesNotContain(offset);
                assertThat(failures == known || (pending == Outcome.FAIL && failures == known + 1))
                        .as(
                                "%s: offset %s failed %s times (pending %s) and has %s",
                                where, offset, known, pending, failures)
                        .isTrue();
                model.failures.put(offset, failures);
            }
        }
        model.pending.clear();
    }
}
