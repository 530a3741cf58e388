package io.polylog.server.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.testkit.GatewayExtension;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A topic of several partitions: whichever protocol publishes, a key has one partition, and its messages keep their order. */
class PartitionContractTest {

    private static final String TOPIC = "spread";
    private static final int PARTITIONS = 5;
    private static final int KEYS = 20;
    private static final int ROUNDS = 3;

    @RegisterExtension
    static final GatewayExtension gateway = GatewayExtension.withVirtualClock();

    private final MappingCase key = RecordCases.key().get(0);
    private final MappingCase value = RecordCases.value().get(0);

    @Test
    void keyHasOnePartitionAndItsOrderFromEveryDoorToEveryDoor() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", gateway.address("kafka")))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
        try (KafkaDoor kafka = new KafkaDoor(gateway, TOPIC);
                AmqpDoor amqp = new AmqpDoor(gateway, TOPIC);
                Mqtt5Door mqtt5 = new Mqtt5Door(gateway, TOPIC);
                Mqtt3Door mqtt3 = new Mqtt3Door(gateway, TOPIC)) {
            List<Door<?, ?>> doors = List.of(kafka, amqp, mqtt5, mqtt3);
            Map<String, List<String>> published = publish(doors);

            for (Door<?, ?> door : List.of(amqp, mqtt5, mqtt3)) {
                Map<String, List<String>> received = new HashMap<>();
                for (int i = 0; i < doors.size() * KEYS * ROUNDS; i++) {
                    List<String> fields = door.receive(List.of(key, value));
                    add(received, fields.get(0), fields.get(1));
                }
                assertThat(received).as("received by " + door).isEqualTo(published);
            }
            assertRecords(kafka, doors.size() * KEYS * ROUNDS, published);
        }
    }

    /** Every door publishes to every key, in turn; returns the values of each key in their order. */
    private Map<String, List<String>> publish(List<Door<?, ?>> doors) throws Exception {
        Map<String, List<String>> published = new HashMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            for (int k = 0; k < KEYS; k++) {
                for (Door<?, ?> door : doors) {
                    String text = door + " " + round;
                    door.send(key, "key/" + k, text);
                    add(published, "key/" + k, text);
                }
            }
        }
        return published;
    }

    private void assertRecords(KafkaDoor kafka, int count, Map<String, List<String>> published) throws Exception {
        Map<String, List<String>> received = new HashMap<>();
        Map<String, Set<Integer>> partitions = new HashMap<>();
        Set<Integer> used = new HashSet<>();
        for (int i = 0; i < count; i++) {
            ConsumerRecord<byte[], byte[]> record = kafka.next();
            String of = kafka.lens(key).read(record);
            add(received, of, kafka.lens(value).read(record));
            partitions.computeIfAbsent(of, unused -> new HashSet<>()).add(record.partition());
            used.add(record.partition());
        }
        assertThat(received).isEqualTo(published);
        assertThat(partitions.values()).allSatisfy(ofKey -> assertThat(ofKey).hasSize(1));
        assertThat(used).as("partitions used").hasSize(PARTITIONS);
    }

    private static void add(Map<String, List<String>> values, String of, String text) {
        values.computeIfAbsent(of, unused -> new ArrayList<>()).add(text);
    }
}
