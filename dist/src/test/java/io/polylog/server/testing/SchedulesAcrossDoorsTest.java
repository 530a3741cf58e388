package io.polylog.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.testkit.GatewayExtension;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages that one protocol's stock client schedules, that another's cancels, and that all others receive. */
class SchedulesAcrossDoorsTest {

    private static final String TOPIC = "orders";

    @RegisterExtension
    static final GatewayExtension gateway = GatewayExtension.withVirtualClock();

    private static KafkaScheduleClient producer;
    private static Map<String, ScheduleClient> schedulers;
    private static Map<String, Canceller> cancellers;

    @BeforeAll
    static void connect() throws Exception {
        producer = new KafkaScheduleClient(gateway);
        producer.publish(TOPIC, "first"); // makes the topic
        schedulers = Map.of(
                "kafka", producer,
                "amqp", new JmsScheduleClient(gateway),
                "mqtt5", new Mqtt5ScheduleClient(gateway),
                "mqtt3", new Mqtt3ScheduleClient(gateway));
        cancellers = new HashMap<>(schedulers);
        cancellers.put("http", new HttpCanceller(gateway));
    }

    @AfterAll
    static void disconnect() throws Exception {
        for (Canceller client : cancellers.values()) {
            client.close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "kafka, kafka", "kafka, amqp", "kafka, mqtt5", "kafka, mqtt3", "kafka, http",
        "amqp, kafka", "amqp, amqp", "amqp, mqtt5", "amqp, mqtt3", "amqp, http",
        "mqtt5, kafka", "mqtt5, amqp", "mqtt5, mqtt5", "mqtt5, mqtt3", "mqtt5, http"
    })
    void cancels(String scheduler, String canceller) throws Exception {
        String id = scheduler + "-" + canceller;
        schedulers.get(scheduler).schedule(TOPIC, "never", "15m", id);
        assertThat(waiting()).isEqualTo(1);
        cancellers.get(canceller).cancel(TOPIC, id);
        assertThat(waiting()).isZero();
    }

    @Test
    void receivesWhateverWasScheduledThroughEveryDoor() throws Exception {
        try (Receiver jms = new JmsReceiver(gateway, TOPIC);
                Receiver mqtt = new MqttReceiver(gateway, TOPIC + "/#", 60);
                Receiver kafka = new KafkaReceiver(gateway, TOPIC, "readers", Map.of())) {
            assertThat(List.of(kafka.next(), jms.next())).containsOnly("first");
            for (String client : schedulers.keySet()) {
                schedulers.get(client).schedule(TOPIC, client, "15m", client);
            }
            assertThat(waiting()).isEqualTo(4);
            gateway.clock().advance("899999ms");
            producer.publish(TOPIC, "a millisecond before");
            gateway.clock().advance("1ms");
            for (Receiver receiver : List.of(kafka, mqtt, jms)) {
                assertThat(receiver.next()).isEqualTo("a millisecond before");
                assertThat(List.of(receiver.next(), receiver.next(), receiver.next(), receiver.next()))
                        .containsExactlyInAnyOrderElementsOf(schedulers.keySet());
            }
        }
    }

    private static long waiting() {
        return gateway.gateway().context().schedules().count();
    }
}
