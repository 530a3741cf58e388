package io.polylog.server.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.polylog.testkit.GatewayExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.qpid.protonj2.client.Client;
import org.apache.qpid.protonj2.client.Connection;
import org.apache.qpid.protonj2.client.Receiver;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A name is a share group's or a consumer group's, whatever protocol had it first. */
class GroupKindTest {

    private static final String TOPIC = "kinds";
    private static final Duration PATIENCE = Duration.ofMillis(Door.PATIENCE_MS);

    @RegisterExtension
    static final GatewayExtension gateway = GatewayExtension.create();

    private static Client client;
    private static Connection amqp;
    private static Admin admin;

    @BeforeAll
    static void connect() throws Exception {
        client = Client.create();
        amqp = client.connect("127.0.0.1", gateway.port("amqp"));
        admin = Admin.create(Map.of("bootstrap.servers", gateway.address("kafka")));
        admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
    }

    @AfterAll
    static void disconnect() {
        amqp.close();
        client.close();
        admin.close();
    }

    private static Receiver receiver(String group) throws Exception {
        Receiver receiver = amqp.openReceiver(TOPIC + "::" + group);
        receiver.openFuture().get(Door.PATIENCE_MS, TimeUnit.MILLISECONDS);
        return receiver;
    }

    private static Consumer<byte[], byte[]> consumer(String group, String protocol) {
        Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", gateway.address("kafka"), "group.id", group, "group.protocol", protocol),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.subscribe(List.of(TOPIC));
        return consumer;
    }

    /** Until it has been refused. */
    private static void poll(Consumer<byte[], byte[]> consumer) {
        await().atMost(PATIENCE).until(() -> {
            consumer.poll(Duration.ofMillis(100));
            return !consumer.assignment().isEmpty();
        });
    }

    private static Optional<GroupListing> listed(String group) throws Exception {
        return admin.listGroups().all().get().stream()
                .filter(one -> one.groupId().equals(group))
                .findFirst();
    }

    @Test
    void consumersOfKafkaMayNotTakeTheNameOfAQueue() throws Exception {
        receiver("audit");
        try (Consumer<byte[], byte[]> classic = consumer("audit", "classic");
                Consumer<byte[], byte[]> next = consumer("audit", "consumer")) {
            assertThatThrownBy(() -> poll(classic)).isInstanceOf(InconsistentGroupProtocolException.class);
            assertThatThrownBy(() -> poll(next)).isInstanceOf(GroupIdNotFoundException.class);
        }
    }

    @Test
    void queuesMayNotTakeTheNameOfAConsumerGroup() throws Exception {
        try (Consumer<byte[], byte[]> consumer = consumer("billing", "classic")) {
            poll(consumer);
            assertThatThrownBy(() -> receiver("billing")).hasMessageContaining("group billing is a consumer group");
            try (ShareMember other = new ShareMember(gateway, "clash", "others", TOPIC, 10)) {
                IMqttToken refused = other.subscribe("$share/billing/" + TOPIC + "/#", 1);
                refused.waitForCompletion(Door.PATIENCE_MS);
                assertThat(refused.getReasonCodes()).containsOnly(0x8F);
            }
        }
    }

    @Test
    void queueIsListedAndDeletedAsAShareGroup() throws Exception {
        Receiver receiver = receiver("seen");
        assertThat(listed("seen")).hasValueSatisfying(group -> {
            assertThat(group.type()).contains(GroupType.SHARE);
            assertThat(group.groupState()).contains(GroupState.EMPTY);
        });
        assertThatThrownBy(() -> admin.deleteShareGroups(List.of("seen")).all().get())
                .hasCauseInstanceOf(GroupNotEmptyException.class);

        receiver.close();
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(
                        () -> admin.deleteShareGroups(List.of("seen")).all().get());

        assertThat(listed("seen")).isEmpty();
    }
}
