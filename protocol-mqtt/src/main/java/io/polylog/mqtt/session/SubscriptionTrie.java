package io.polylog.mqtt.session;

import io.polylog.mqtt.codec.TopicNames;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions of one shard by the levels of their filters. Topics repeat, so what matched is remembered until the
 * next change. Owned by the shard's event loop.
 */
final class SubscriptionTrie {

    /** Topics whose match is remembered. */
    private static final int CACHED_TOPICS = 1024;

    private static final String ANY_LEVEL = "+";
    private static final String ANY_REST = "#";

    private final Node root = new Node();
    private final Map<String, Match> cache = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Match> eldest) {
            return size() > CACHED_TOPICS;
        }
    };

    void add(Subscription subscription) {
        Node node = root;
        for (String level : TopicNames.levels(subscription.filter())) {
            node = node.children.computeIfAbsent(level, unused -> new Node());
        }
        node.subscriptions.add(subscription);
        cache.clear();
    }

    void remove(Subscription subscription) {
        remove(root, TopicNames.levels(subscription.filter()), 0, subscription);
        cache.clear();
    }

    /** Everything that a message on {@code topic} goes to. */
    Match match(String topic) {
        Match match = cache.get(topic);
        if (match == null) {
            List<Subscription> found = new ArrayList<>();
            collect(root, TopicNames.levels(topic), 0, TopicNames.isHidden(topic), found);
            match = Match.of(found);
            cache.put(topic, match);
        }
        return match;
    }

    boolean isEmpty() {
        return root.isUnused();
    }

    /** Recursion is as deep as a topic has levels, which {@link TopicNames#MAX_LEVELS} bounds. */
    private static void collect(Node node, List<String> levels, int depth, boolean hidden, List<Subscription> found) {
        boolean wildcards = depth > 0 || !hidden; // MQTT-4.7.2-1
        if (wildcards) {
            Node rest = node.children.get(ANY_REST); // also matches the parent level, MQTT 5 §4.7.1.2
            if (rest != null) {
                found.addAll(rest.subscriptions);
            }
        }
        if (depth == levels.size()) {
            found.addAll(node.subscriptions);
            return;
        }
        Node exact = node.children.get(levels.get(depth));
        if (exact != null) {
            collect(exact, levels, depth + 1, hidden, found);
        }
        Node any = wildcards ? node.children.get(ANY_LEVEL) : null;
        if (any != null) {
            collect(any, levels, depth + 1, hidden, found);
        }
    }

    /** Removes the subscription, and on the way back every node that nothing hangs on any more. */
    private static void remove(Node node, List<String> levels, int depth, Subscription subscription) {
        if (depth == levels.size()) {
            node.subscriptions.remove(subscription);
            return;
        }
        Node child = node.children.get(levels.get(depth));
        if (child != null) {
            remove(child, levels, depth + 1, subscription);
            if (child.isUnused()) {
                node.children.remove(levels.get(depth));
            }
        }
    }

    private static final class Node {
        final Map<String, Node> children = new HashMap<>(2);
        final Set<Subscription> subscriptions = new LinkedHashSet<>(2);

        boolean isUnused() {
            return children.isEmpty() && subscriptions.isEmpty();
        }
    }

    /** The sessions that a topic's messages go to, each with all of its subscriptions that match. Immutable. */
    static final class Match {

        private static final Match NOBODY = new Match(List.of(), Map.of());

        private final List<Recipient> recipients;
        private final Map<Session, Recipient> bySession;

        private Match(List<Recipient> recipients, Map<Session, Recipient> bySession) {
            this.recipients = recipients;
            this.bySession = bySession;
        }

        static Match of(List<Subscription> subscriptions) {
            if (subscriptions.isEmpty()) {
                return NOBODY;
            }
            Map<Session, List<Subscription>> grouped = new LinkedHashMap<>();
            for (Subscription subscription : subscriptions) {
                grouped.computeIfAbsent(subscription.session(), unused -> new ArrayList<>(1))
                        .add(subscription);
            }
            List<Recipient> recipients = new ArrayList<>(grouped.size());
            Map<Session, Recipient> bySession = new HashMap<>(grouped.size() * 2);
            grouped.forEach((session, matching) -> {
                Recipient recipient = new Recipient(session, List.copyOf(matching));
                recipients.add(recipient);
                bySession.put(session, recipient);
            });
            return new Match(Collections.unmodifiableList(recipients), bySession);
        }

        List<Recipient> recipients() {
            return recipients;
        }

        @Nullable
        Recipient of(Session session) {
            return bySession.get(session);
        }
    }

    /** A session and those of its subscriptions that match a topic. */
    record Recipient(Session session, List<Subscription> subscriptions) {}
}
