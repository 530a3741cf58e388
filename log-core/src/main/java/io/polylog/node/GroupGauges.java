package io.polylog.node;

import io.polylog.broker.Topic;
import io.polylog.broker.Topics;
import io.polylog.engine.LedgerId;
import io.polylog.engine.LocalEngine;
import io.polylog.engine.Partition;
import io.polylog.group.CommittedOffset;
import io.polylog.group.GroupCoordinator;
import io.polylog.metric.Meters;
import io.polylog.metric.TopicMeters;
import io.polylog.share.LedgerGroups;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far groups are behind, and what their members hold: worked out when the metrics are read, from what is in memory. Any
 * thread but an event loop or one of the coordinator's; reading waits for the coordinator, a second at most.
 */
final class GroupGauges {

    private static final Logger log = LoggerFactory.getLogger(GroupGauges.class);

    private static final long PATIENCE_MS = 1_000;

    /** Consumer groups that the coordinator is asked about; the last by name are left out. */
    private static final int MOST_GROUPS = 10_000;

    private final LocalEngine engine;
    private final Topics topics;
    private final GroupCoordinator coordinator;
    private final LedgerGroups shareGroups;
    private final int limit;
    private List<CommittedOffset> committed = List.of(); // guarded by this

    /**
     * @param limit values of each gauge
     */
    GroupGauges(
            LocalEngine engine,
            Topics topics,
            GroupCoordinator coordinator,
            LedgerGroups shareGroups,
            int limit,
            Meters meters) {
        this.engine = engine;
        this.topics = topics;
        this.coordinator = coordinator;
        this.shareGroups = shareGroups;
        this.limit = limit;
        meters.gauges("polylog_group_lag", this::lag);
        meters.gauges("polylog_group_in_flight", this::inFlight);
    }

    private List<Meters.Sample> lag() {
        Sums sums = new Sums(limit);
        for (CommittedOffset offset : committed()) {
            topics.find(offset.topic())
                    .ifPresent(topic -> sums.add(
                            offset.group(),
                            topic.name(),
                            Math.max(0, end(topic, offset.partition()) - offset.offset())));
        }
        engine.backlogs((ledger, records) -> add(sums, ledger, records));
        return sums.samples();
    }

    private List<Meters.Sample> inFlight() {
        Sums sums = new Sums(limit);
        shareGroups.inFlight((ledger, records) -> add(sums, ledger, records));
        return sums.samples();
    }

    private void add(Sums sums, LedgerId ledger, long records) {
        topics.find(ledger.topicId()).ifPresent(topic -> sums.add(ledger.groupId(), topic.name(), records));
    }

    private long end(Topic topic, int partition) {
        Partition found = engine.partitions().find(topic.id(), partition);
        return found == null ? 0 : found.log().offsets().highWatermark();
    }

    /** As of now, or as of the last time that the coordinator answered. */
    private synchronized List<CommittedOffset> committed() {
        if (topics.find(GroupCoordinator.TOPIC).isEmpty()) {
            return List.of(); // nobody has ever committed anything, and asking would make the topic
        }
        try {
            committed = CommittedOffset.all(coordinator, MOST_GROUPS)
                    .toCompletableFuture()
                    .get(PATIENCE_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException unanswered) {
            log.atDebug()
                    .setCause(unanswered)
                    .log("committed offsets cannot be had: the lag is that of an earlier moment");
        }
        return committed;
    }

    /** Values by group and topic, as many as there may be; the rest is one sum. */
    private static final class Sums {
        private static final Key OTHER = new Key(TopicMeters.OTHER, TopicMeters.OTHER);

        private record Key(String group, String topic) implements Comparable<Key> {
            @Override
            public int compareTo(Key other) {
                int byGroup = group.compareTo(other.group);
                return byGroup == 0 ? topic.compareTo(other.topic) : byGroup;
            }
        }

        private final int limit;
        private final Map<Key, Long> sums = new TreeMap<>();

        Sums(int limit) {
            this.limit = limit;
        }

        void add(String group, String topic, long value) {
            Key key = new Key(group, topic);
            sums.merge(sums.containsKey(key) || sums.size() < limit ? key : OTHER, value, Long::sum);
        }

        List<Meters.Sample> samples() {
            List<Meters.Sample> samples = new ArrayList<>();
            sums.forEach(
                    (key, sum) -> samples.add(new Meters.Sample(sum, List.of("group", key.group, "topic", key.topic))));
            return samples;
        }
    }
}
