package io.polylog.metric;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Counters that have a topic's name as a tag: of as many topics as the limit says, and only for as long as a topic exists.
 * What is counted for others has the name {@link #OTHER}. Any thread.
 */
public final class TopicMeters {

    /** Stands for all topics beyond the limit, and those that are gone. */
    public static final String OTHER = "_other";

    private record Meter(String name, List<String> tags) {}

    private final Meters meters;
    private final int limit;
    private final Predicate<UUID> exists;
    private final Map<String, Flows> flows = new ConcurrentHashMap<>();
    private final Map<UUID, List<Meter>> listed = new HashMap<>(); // guarded by this

    /**
     * @param limit topics at a time, from 0
     * @param exists whether there is such a topic; must be false before {@link #forget} is called for it
     */
    public TopicMeters(Meters meters, int limit, Predicate<UUID> exists) {
        this.meters = meters;
        this.limit = limit;
        this.exists = exists;
    }

    /** What goes through a door. */
    public Flows flows(String protocol) {
        return flows.computeIfAbsent(protocol, name -> new Flows(this, name));
    }

    /**
     * @param tags more of them, in pairs
     */
    public synchronized Meters.Counter counter(UUID topicId, String topic, String name, String... tags) {
        boolean has = exists.test(topicId) && (listed.containsKey(topicId) || listed.size() < limit);
        List<String> all = new ArrayList<>(List.of("topic", has ? topic : OTHER));
        all.addAll(List.of(tags));
        if (has) {
            List<Meter> own = listed.computeIfAbsent(topicId, id -> new ArrayList<>());
            Meter meter = new Meter(name, List.copyOf(all));
            if (!own.contains(meter)) {
                own.add(meter);
            }
        }
        return meters.counter(name, all.toArray(String[]::new));
    }

    /** Does something that {@link #forget} will undo, unless the topic is gone already. */
    synchronized void whileThere(UUID topicId, Runnable keeping) {
        if (exists.test(topicId)) {
            keeping.run();
        }
    }

    /** The topic is gone, and its meters with it. */
    public synchronized void forget(UUID topicId) {
        flows.values().forEach(door -> door.forget(topicId));
        List<Meter> own = listed.remove(topicId);
        if (own != null) {
            own.forEach(meter -> meters.remove(meter.name(), meter.tags().toArray(String[]::new)));
        }
    }
}
