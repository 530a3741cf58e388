package io.polylog.metric;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.record.TopicPartition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

final class TopicMetersTest {

    private final Map<String, Long> counted = new HashMap<>();
    private final Set<UUID> existing = new HashSet<>();
    private final TopicMeters meters = new TopicMeters(new Counted(), 2, existing::contains);

    @Test
    void countsByTopicAndDoor() {
        TopicPartition orders = topic("orders");
        meters.flows("kafka").of(orders).in(3, 30);
        meters.flows("kafka").of(orders).in(1, 10);
        meters.flows("mqtt").of(orders).out(2, 20);

        assertThat(counted)
                .containsEntry("polylog_topic_messages_in_total[topic, orders, protocol, kafka]", 4L)
                .containsEntry("polylog_topic_bytes_in_total[topic, orders, protocol, kafka]", 40L)
                .containsEntry("polylog_topic_messages_out_total[topic, orders, protocol, kafka]", 0L)
                .containsEntry("polylog_topic_messages_out_total[topic, orders, protocol, mqtt]", 2L)
                .containsEntry("polylog_topic_bytes_out_total[topic, orders, protocol, mqtt]", 20L);
    }

    @Test
    void topicsBeyondTheLimitShareAName() {
        counter(topic("a")).add(1);
        counter(topic("b")).add(1);
        counter(topic("c")).add(1);
        counter(topic("d")).add(1);

        assertThat(counted)
                .containsOnly(
                        Map.entry("x_total[topic, a]", 1L),
                        Map.entry("x_total[topic, b]", 1L),
                        Map.entry("x_total[topic, _other]", 2L));
    }

    @Test
    void deletedTopicGivesItsMetersAndItsPlaceBack() {
        TopicPartition first = topic("a");
        counter(first).add(1);
        meters.flows("kafka").of(first).in(1, 1);
        counter(topic("b")).add(1);
        existing.remove(first.topicId());
        meters.forget(first.topicId());
        assertThat(counted).containsOnlyKeys("x_total[topic, b]");

        TopicPartition again = topic("a");
        counter(again).add(5);
        meters.flows("kafka").of(again).in(7, 7);
        assertThat(counted)
                .containsEntry("x_total[topic, a]", 5L)
                .containsEntry("polylog_topic_messages_in_total[topic, a, protocol, kafka]", 7L);
    }

    /** A connection may still have messages for it. */
    @Test
    void topicThatIsGoneIsNotNamedAgain() {
        TopicPartition gone = topic("a");
        existing.remove(gone.topicId());
        meters.forget(gone.topicId());

        counter(gone).add(1);
        meters.flows("kafka").of(gone).in(1, 1);
        assertThat(counted.keySet()).isNotEmpty().allMatch(key -> key.contains("[topic, _other"));
    }

    @Test
    void tapFollowsTheTopicOfTheMessage() {
        Flows flows = meters.flows("amqp");
        Tap tap = new Tap(flows);
        TopicPartition a = topic("a");
        TopicPartition b = topic("b");

        assertThat(tap.of(a)).isSameAs(flows.of(a));
        assertThat(tap.of(b)).isSameAs(flows.of(b)).isNotSameAs(flows.of(a));
        assertThat(tap.of(a)).isSameAs(flows.of(a));
    }

    private TopicPartition topic(String name) {
        UUID id = UUID.randomUUID();
        existing.add(id);
        return new TopicPartition(id, name, 0);
    }

    private Meters.Counter counter(TopicPartition topic) {
        return meters.counter(topic.topicId(), topic.topic(), "x_total");
    }

    private final class Counted implements Meters {
        @Override
        public Counter counter(String name, String... tags) {
            String key = name + List.of(tags);
            counted.putIfAbsent(key, 0L);
            return amount -> counted.merge(key, amount, Long::sum);
        }

        @Override
        public void remove(String name, String... tags) {
            counted.remove(name + List.of(tags));
        }

        @Override
        public Timer timer(String name, String... tags) {
            return nanos -> {};
        }

        @Override
        public void gauge(String name, DoubleSupplier value, String... tags) {}
    }
}
