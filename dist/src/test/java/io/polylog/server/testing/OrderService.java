package io.polylog.server.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.testkit.GatewayExtension;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** An application under test: tells of orders, and has the gateway tell of those that are not paid within 15 minutes. */
final class OrderService implements AutoCloseable {

    static final String ORDERS = "orders";
    static final String UNPAID = "orders.unpaid";

    private final KafkaProducer<String, String> producer;

    OrderService(GatewayExtension gateway) {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", gateway.address("kafka")), new StringSerializer(), new StringSerializer());
    }

    void placed(String order) throws ExecutionException, InterruptedException {
        ProducerRecord<String, String> unpaid = new ProducerRecord<>(UNPAID, order, "unpaid " + order);
        unpaid.headers().add("polylog-delay", "15m".getBytes(UTF_8));
        unpaid.headers().add("polylog-schedule-id", order.getBytes(UTF_8));
        publish(new ProducerRecord<>(ORDERS, order, "placed " + order));
        publish(unpaid);
    }

    void paid(String order) throws ExecutionException, InterruptedException {
        ProducerRecord<String, String> cancel = new ProducerRecord<>(UNPAID, order, null);
        cancel.headers().add("polylog-schedule-cancel", order.getBytes(UTF_8));
        publish(cancel);
        publish(new ProducerRecord<>(ORDERS, order, "paid " + order));
    }

    /** Publishes and waits until it is acknowledged. */
    void publish(ProducerRecord<String, String> record) throws ExecutionException, InterruptedException {
        producer.send(record).get();
    }

    @Override
    public void close() {
        producer.close();
    }
}
