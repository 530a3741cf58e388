package io.polylog.server.powercut;

import io.polylog.broker.Topic;
import io.polylog.testkit.TestGateway;
import jakarta.jms.JMSException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.eclipse.paho.mqttv5.common.MqttException;

/**
 * Real clients of three protocols over real sockets, each with many values under way at a time, into topics that they
 * share: what a door acknowledges is noted just as its client hears of it.
 */
final class ClientsProgram implements Program {

    private static final int PARTS = 2;

    /** Publishes to topics that the log does not have go here, and so do those of the other protocols. */
    private static final String MQTT_TOPIC = "mqtt";

    private static final String ORDERS = "orders";
    private static final int ORDERS_PARTITIONS = 2;

    private final Model model;
    private final Waiting waiting;
    private final Random random;
    private final int steps;
    private final Map<String, Integer> counts = new HashMap<>();
    private final List<Future<?>> pending = new ArrayList<>();
    private int connections;
    private long committed;

    ClientsProgram(Model model, Waiting waiting, long seed, int steps) {
        this.model = model;
        this.waiting = waiting;
        this.random = new Random(seed);
        this.steps = steps;
    }

    @Override
    public int parts() {
        return PARTS;
    }

    @Override
    public void run(int part, TestGateway gateway) throws Exception {
        pending.clear();
        connections++;
        try (Clients clients = new Clients(gateway)) {
            if (part == 0) {
                create(gateway, clients, ORDERS, ORDERS_PARTITIONS);
                create(gateway, clients, MQTT_TOPIC, 1);
            }
            for (int step = 0; step < steps; step++) {
                switch (random.nextInt(12)) {
                    case 0 -> grow(gateway, clients);
                    case 1 -> await();
                    case 2 -> gateway.checkpoint();
                    case 3, 4 -> commit(gateway, clients);
                    case 5, 6 -> overAmqp(gateway, clients);
                    case 7, 8 -> overMqtt(gateway, clients);
                    default -> overKafka(gateway, clients);
                }
            }
            await();
        }
    }

    @Override
    public void resume(TestGateway gateway) throws Exception {
        pending.clear();
        connections++;
        try (Clients clients = new Clients(gateway)) {
            if (gateway.context().topics().find(ORDERS).isPresent()) {
                overKafka(gateway, clients);
                commit(gateway, clients);
            }
            if (gateway.context().topics().find(MQTT_TOPIC).isPresent()) {
                overAmqp(gateway, clients);
                overMqtt(gateway, clients);
            }
            await();
        }
    }

    private void await() {
        pending.forEach(waiting::getFuture);
        pending.clear();
    }

    private void create(TestGateway gateway, Clients clients, String name, int partitions) {
        model.creating(name, partitions);
        waiting.getFuture(clients.create(name, partitions));
        model.created(topic(gateway, name));
    }

    private void grow(TestGateway gateway, Clients clients) {
        int partitions = topic(gateway, ORDERS).partitionCount() + 1;
        if (partitions <= ORDERS_PARTITIONS + 1) {
            await();
            model.growing(ORDERS, partitions);
            waiting.getFuture(clients.grow(ORDERS, partitions));
            model.grown(ORDERS);
        }
    }

    private void commit(TestGateway gateway, Clients clients) {
        Topic topic = topic(gateway, ORDERS);
        long offset = ++committed;
        model.partition(ORDERS, 0, seen -> seen.committing("readers", offset));
        pending.add(clients.commit("readers", ORDERS, 0, offset)
                .thenRun(() -> model.acknowledged(topic.id(), ORDERS, 0, seen -> seen.committed("readers", offset))));
        // One at a time: the administrator may send two to the gateway in either order.
        await();
    }

    private void overKafka(TestGateway gateway, Clients clients) {
        Topic topic = topic(gateway, ORDERS);
        int partition = random.nextInt(topic.partitionCount());
        Sent sent = next("kafka-" + connections + "-" + partition);
        model.partition(ORDERS, partition, seen -> seen.sending(sent));
        pending.add(clients.overKafka(ORDERS, partition, sent)
                .thenAccept(
                        offset -> model.acknowledged(topic.id(), ORDERS, partition, seen -> seen.sent(sent, offset))));
    }

    private void overAmqp(TestGateway gateway, Clients clients) throws JMSException {
        Sent sent = next("jms-" + connections);
        model.partition(MQTT_TOPIC, 0, seen -> seen.sending(sent));
        pending.add(noted(gateway, sent, clients.overAmqp(MQTT_TOPIC, sent)));
    }

    private void overMqtt(TestGateway gateway, Clients clients) throws MqttException {
        Sent sent = next("paho-" + connections);
        model.partition(MQTT_TOPIC, 0, seen -> seen.sending(sent));
        pending.add(noted(gateway, sent, clients.overMqtt("sensors/1", sent)));
    }

    private Future<?> noted(TestGateway gateway, Sent sent, CompletableFuture<Long> sending) {
        Topic topic = topic(gateway, MQTT_TOPIC);
        return sending.thenAccept(
                offset -> model.acknowledged(topic.id(), MQTT_TOPIC, 0, seen -> seen.sent(sent, offset)));
    }

    private Sent next(String stream) {
        return new Sent(stream, counts.merge(stream, 1, Integer::sum));
    }

    private static Topic topic(TestGateway gateway, String name) {
        return gateway.context().topics().find(name).orElseThrow();
    }
}
