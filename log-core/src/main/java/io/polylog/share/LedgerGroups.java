package io.polylog.share;

import io.polylog.broker.RefusedException;
import io.polylog.broker.Registration;
import io.polylog.broker.Topic;
import io.polylog.broker.TopicSettings;
import io.polylog.broker.Topics;
import io.polylog.engine.LedgerId;
import io.polylog.engine.ReplicaGroup;
import io.polylog.metric.Meters;
import io.polylog.record.TopicPartition;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.ObjIntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The share groups led by this process: a ledger in memory for each partition that a group has members on, and nothing
 * for the others. Thread-safe. Closing makes every member leave.
 */
public final class LedgerGroups implements ShareGroups, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LedgerGroups.class);

    private final SharePorts ports;
    private final ShareLimits limits;
    private final Map<LedgerId, Ledger> ledgers = new ConcurrentHashMap<>();
    private final Map<Place, Set<Integer>> places = new ConcurrentHashMap<>();
    private final Registration topicChanges;

    /** A member on a topic, in a group; its value in {@link #places} is the partitions it was seated on. */
    private record Place(UUID topicId, String groupId, Member member, OptionalInt only) {
        boolean covers(TopicPartition partition) {
            return only.isEmpty() || only.getAsInt() == partition.partition();
        }
    }

    public LedgerGroups(SharePorts ports, ShareLimits limits) {
        this.ports = ports;
        this.limits = limits;
        Meters meters = ports.meters();
        meters.gauge("polylog_share_ledgers", ledgers::size);
        meters.gauge("polylog_share_members", places::size);
        this.topicChanges = ports.topics().listen(new Topics.Listener() {
            @Override
            public void changed(Topic topic) {
                places.keySet().stream()
                        .filter(place -> place.topicId.equals(topic.id()))
                        .forEach(place -> grow(place, topic));
            }

            @Override
            public void deleted(Topic topic) {} // The cursors end, and the ledgers with them.
        });
    }

    /** Tells of each ledger that has members how many records they hold. Any thread. */
    public void inFlight(ObjIntConsumer<LedgerId> told) {
        ledgers.forEach((id, ledger) -> told.accept(id, ledger.inFlight()));
    }

    /** Whether a ledger has members, or outcomes on their way. On its apply thread the answer holds until the next task. */
    public boolean isInUse(LedgerId id) {
        return ledgers.containsKey(id);
    }

    /** Tells that a group has other settings than before. Any thread. */
    public void settingsChanged(String groupId) {
        ledgers.forEach((id, ledger) -> {
            if (id.groupId().equals(groupId)) {
                ledger.settingsChanged();
            }
        });
    }

    @Override
    public CompletionStage<ShareConsumer> join(
            String groupId, Topic topic, JoinOptions options, Executor owner, ShareListener listener) {
        try {
            LedgerId.checkGroupId(groupId);
        } catch (RefusedException badName) {
            return CompletableFuture.failedStage(badName);
        }
        Joining joining = new Joining(groupId, topic, options, owner, listener);
        return ports.claims().apply(groupId).thenCompose(ours -> joining.start());
    }

    /** One consumer on its way in. */
    private final class Joining {
        private final Topic topic;
        private final StartAt startAt;
        private final Member member;
        private final Place place;

        Joining(String groupId, Topic topic, JoinOptions options, Executor owner, ShareListener listener) {
            this.topic = topic;
            this.startAt = options.startAt();
            long lockMs = options.lockMs().orElseGet(() -> TopicSettings.lockTimeoutMs(topic));
            Member.Rules rules =
                    new Member.Rules(lockMs, options.deliveryLimit(), options.maxLocks(), options.isolation());
            this.member = new Member(owner, listener, rules, this::left);
            this.place = new Place(topic.id(), groupId, member, options.partition());
        }

        private void left() {
            places.remove(place);
        }

        CompletionStage<ShareConsumer> start() {
            Gathering reply = new Gathering();
            places.put(place, ConcurrentHashMap.newKeySet());
            seat(place, topic, startAt == StartAt.EARLIEST, reply);
            reply.done();
            // Partitions made since the caller looked at the topic.
            ports.topics().find(topic.id()).ifPresent(now -> grow(place, now));
            CompletableFuture<ShareConsumer> joined = new CompletableFuture<>();
            reply.stage().whenComplete((nothing, failure) -> {
                if (failure == null) {
                    joined.complete(member);
                } else {
                    member.close();
                    joined.completeExceptionally(failure);
                }
            });
            return joined;
        }
    }

    /** Seats a member on partitions that its topic has gained; nothing in them was ever delivered to the group. */
    private void grow(Place place, Topic topic) {
        Gathering reply = new Gathering();
        seat(place, topic, true, reply);
        reply.done();
        reply.stage().whenComplete((nothing, failure) -> {
            if (failure != null && !place.member.isClosed()) {
                LOG.atWarn()
                        .addKeyValue("group", place.groupId)
                        .addKeyValue("topic", topic.name())
                        .addKeyValue("reason", String.valueOf(failure.getMessage()))
                        .log("a consumer could not be joined to its topic's new partitions");
            }
        });
    }

    private void seat(Place place, Topic topic, boolean fromLogStart, Gathering reply) {
        Set<Integer> seated = places.get(place);
        if (seated == null) {
            return;
        }
        for (TopicPartition partition : Topics.partitions(topic)) {
            if (place.covers(partition) && seated.add(partition.partition())) {
                LedgerId id = new LedgerId(topic.id(), partition.partition(), place.groupId);
                ReplicaGroup home = ports.homes().apply(partition);
                reply.expect();
                home.executor().execute(() -> seat(place.member, id, partition, home, fromLogStart, reply));
            }
        }
    }

    /** On the apply thread of the partition's group, which alone makes and removes its ledgers. */
    private void seat(
            Member member,
            LedgerId id,
            TopicPartition partition,
            ReplicaGroup home,
            boolean fromLogStart,
            Gathering reply) {
        if (member.isClosed()) {
            reply.done();
            return;
        }
        Ledger ledger = ledgers.get(id);
        boolean made = ledger == null;
        if (ledger == null) {
            ledger = new Ledger(id, partition, home, ports, limits, () -> ledgers.remove(id));
            ledgers.put(id, ledger);
        }
        member.seat(id.partition(), new Member.Seat(ledger, home.executor()));
        ledger.join(member, reply);
        if (made) {
            ledger.open(fromLogStart);
        }
        if (member.isClosed()) {
            ledger.leave(member); // It left while it was being seated, and may not have seen this seat.
        }
    }

    @Override
    public void close() {
        topicChanges.close();
        places.keySet().forEach(place -> place.member.end("the gateway is stopping"));
    }
}
