package io.polylog.mqtt.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.mqtt.codec.TopicNames;
import io.polylog.mqtt.session.SubscriptionTrie.Recipient;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubscriptionTrieTest {

    private final SubscriptionTrie trie = new SubscriptionTrie();

    /** MQTT 5 §4.7.1, §4.7.2. */
    @ParameterizedTest
    @CsvSource({
        "sport/tennis/player1/#, sport/tennis/player1, true",
        "sport/tennis/player1/#, sport/tennis/player1/ranking, true",
        "sport/tennis/player1/#, sport/tennis/player1/score/wimbledon, true",
        "sport/tennis/player1/#, sport/tennis, false",
        "sport/#, sport, true",
        "#, anything/at/all, true",
        "sport/tennis/+, sport/tennis/player1, true",
        "sport/tennis/+, sport/tennis/player1/ranking, false",
        "sport/+, sport, false",
        "sport/+, sport/, true",
        "+/+, /finance, true",
        "/+, /finance, true",
        "+, /finance, false",
        "#, $SYS/monitor, false",
        "+/monitor, $SYS/monitor, false",
        "$SYS/#, $SYS/monitor, true",
        "$SYS/+, $SYS/monitor, true",
        "#, __consumer_offsets/x, false",
        "__consumer_offsets/#, __consumer_offsets/x, true",
        "a//b, a//b, true",
        "a/+/b, a//b, true",
    })
    void matchesAsTheSpecificationSays(String filter, String topic, boolean matches) {
        trie.add(subscription(filter));
        assertThat(trie.match(topic).recipients()).hasSize(matches ? 1 : 0);
    }

    @Test
    void forgetsWhatIsRemoved() {
        Subscription first = subscription("a/+/c");
        Subscription second = subscription("a/+/c");
        trie.add(first);
        trie.add(second);
        assertThat(trie.match("a/b/c").recipients()).hasSize(2);
        trie.remove(first);
        assertThat(trie.match("a/b/c").recipients()).hasSize(1);
        trie.remove(second);
        assertThat(trie.match("a/b/c").recipients()).isEmpty();
        assertThat(trie.isEmpty()).isTrue();
    }

    @Test
    void groupsTheSubscriptionsOfASession() {
        Session session = session();
        trie.add(new Subscription(
                session, "a/#", new Subscription.Options(0, false, false, 0, false, Subscription.Start.LATEST)));
        trie.add(new Subscription(
                session, "a/b", new Subscription.Options(1, false, false, 0, false, Subscription.Start.LATEST)));
        Recipient recipient = trie.match("a/b").recipients().get(0);
        assertThat(recipient.subscriptions()).hasSize(2);
        assertThat(trie.match("a/b").of(session)).isSameAs(recipient);
    }

    @Test
    void agreesWithAPlainMatcher() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<Subscription> subscriptions = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            Subscription subscription = subscription(randomFilter(random));
            subscriptions.add(subscription);
            trie.add(subscription);
        }
        for (int round = 0; round < 2000; round++) {
            if (round % 10 == 0) {
                Subscription removed = subscriptions.remove(random.nextInt(subscriptions.size()));
                trie.remove(removed);
            }
            String topic = randomTopic(random);
            TreeSet<String> expected = new TreeSet<>();
            subscriptions.stream()
                    .map(Subscription::filter)
                    .filter(f -> matches(f, topic))
                    .forEach(expected::add);
            TreeSet<String> found = new TreeSet<>();
            for (Recipient recipient : trie.match(topic).recipients()) {
                recipient.subscriptions().forEach(s -> found.add(s.filter()));
            }
            assertThat(found).as("seed %s topic %s", seed, topic).isEqualTo(expected);
        }
    }

    private static String randomFilter(Random random) {
        String[] levels = {"a", "b", "", "+", "$x"};
        StringBuilder filter = new StringBuilder(levels[random.nextInt(levels.length)]);
        for (int i = random.nextInt(4); i > 0; i--) {
            filter.append('/').append(levels[random.nextInt(levels.length)]);
        }
        return random.nextInt(3) == 0 ? filter + "/#" : filter.length() == 0 ? "#" : filter.toString();
    }

    private static String randomTopic(Random random) {
        String[] levels = {"a", "b", "", "$x"};
        StringBuilder topic = new StringBuilder(levels[random.nextInt(levels.length)]);
        for (int i = random.nextInt(5); i > 0; i--) {
            topic.append('/').append(levels[random.nextInt(levels.length)]);
        }
        return topic.length() == 0 ? "a" : topic.toString();
    }

    private static boolean matches(String filter, String topic) {
        if (topic.startsWith("$") && (filter.startsWith("+") || filter.startsWith("#"))) {
            return false;
        }
        List<String> f = TopicNames.levels(filter);
        List<String> t = TopicNames.levels(topic);
        for (int i = 0; i < f.size(); i++) {
            if (f.get(i).equals("#")) {
                return true;
            }
            if (i >= t.size() || !(f.get(i).equals("+") || f.get(i).equals(t.get(i)))) {
                return false;
            }
        }
        return f.size() == t.size();
    }

    private static Subscription subscription(String filter) {
        assertThat(TopicNames.isFilter(filter)).as(filter).isTrue();
        return new Subscription(
                session(), filter, new Subscription.Options(0, false, false, 0, false, Subscription.Start.LATEST));
    }

    @SuppressWarnings("NullAway") // neither shard nor link is touched by matching
    private static Session session() {
        return new Session("client", true, null, null, new OutboundWindow(10, new LongAdder()));
    }
}
