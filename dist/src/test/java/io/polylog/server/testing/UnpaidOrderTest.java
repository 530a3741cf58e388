package io.polylog.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.testkit.GatewayExtension;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Fifteen minutes of an application, in no time: what its users hear of an order that is not paid, and of one that is. */
class UnpaidOrderTest {

    @RegisterExtension
    static final GatewayExtension gateway = GatewayExtension.withVirtualClock();

    private static OrderService service;
    private static List<Receiver> receivers;

    @BeforeAll
    static void connect() throws Exception {
        service = new OrderService(gateway);
        marker("ready"); // makes the topic
        receivers = List.of(
                new KafkaReceiver(gateway, OrderService.UNPAID, "reminders", Map.of()),
                new MqttReceiver(gateway, OrderService.UNPAID + "/#", 60));
        assertThat(receivers.get(0).next()).isEqualTo("ready");
    }

    @AfterAll
    static void disconnect() throws Exception {
        service.close();
        for (Receiver receiver : receivers) {
            receiver.close();
        }
    }

    @Test
    void hearsOfAnUnpaidOrderAfterFifteenMinutesAndOnce() throws Exception {
        service.placed("order-42");
        gateway.clock().advance("14m");
        gateway.clock().advance("59999ms");
        marker("a millisecond before");
        gateway.clock().advance("1ms");
        marker("a month later");
        gateway.clock().advance("30d");
        marker("the end");

        assertReceived("a millisecond before", "unpaid order-42", "a month later", "the end");
    }

    @Test
    void hearsNothingOfAPaidOrder() throws Exception {
        service.placed("order-43");
        gateway.clock().advance("14m");
        service.paid("order-43");
        gateway.clock().advance("30d");
        marker("the end");

        assertReceived("the end");
    }

    /** What is published now comes after all that has come, and before all that has not. */
    private static void marker(String text) throws Exception {
        service.publish(new ProducerRecord<>(OrderService.UNPAID, "marker", text));
    }

    private static void assertReceived(String... messages) throws Exception {
        for (Receiver receiver : receivers) {
            for (String message : messages) {
                assertThat(receiver.next()).isEqualTo(message);
            }
        }
    }
}
