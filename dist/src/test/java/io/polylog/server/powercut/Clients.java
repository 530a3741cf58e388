package io.polylog.server.powercut;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.testkit.TestGateway;
import jakarta.jms.BytesMessage;
import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.jspecify.annotations.Nullable;

/**
 * One client of each protocol: Kafka's, idempotent as by default, and its administrator; Qpid JMS; Eclipse Paho. None
 * connects again. Closing does not wait for what is under way. One thread.
 */
final class Clients implements AutoCloseable {

    private static final long CONNECT_MS = 20_000;

    private final Admin admin;
    private final KafkaProducer<String, String> kafka;
    private final Connection jms;
    private final Session session;
    private final MqttAsyncClient mqtt;
    private final Map<String, MessageProducer> jmsProducers = new HashMap<>();

    Clients(TestGateway gateway) throws JMSException, MqttException {
        Map<String, Object> settings = Map.of("bootstrap.servers", "127.0.0.1:" + gateway.port("kafka"));
        this.admin = Admin.create(settings);
        this.kafka = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
        this.jms = new JmsConnectionFactory("amqp://127.0.0.1:" + gateway.port("amqp")
                        + "?jms.connectTimeout=20000&jms.requestTimeout=20000&jms.closeTimeout=500")
                .createConnection();
        this.session = jms.createSession(false, Session.AUTO_ACKNOWLEDGE);
        this.mqtt =
                new MqttAsyncClient("tcp://127.0.0.1:" + gateway.port("mqtt"), "power-cut", new MemoryPersistence());
        mqtt.connect(new MqttConnectionOptions()).waitForCompletion(CONNECT_MS);
    }

    Future<?> create(String topic, int partitions) {
        return admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all()
                .toCompletionStage()
                .toCompletableFuture();
    }

    Future<?> grow(String topic, int partitions) {
        return admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions)))
                .all()
                .toCompletionStage()
                .toCompletableFuture();
    }

    CompletableFuture<?> commit(String group, String topic, int partition, long offset) {
        return admin.alterConsumerGroupOffsets(
                        group, Map.of(new TopicPartition(topic, partition), new OffsetAndMetadata(offset)))
                .all()
                .toCompletionStage()
                .toCompletableFuture();
    }

    /** Completes with the offset. */
    CompletableFuture<Long> overKafka(String topic, int partition, Sent sent) {
        CompletableFuture<Long> result = new CompletableFuture<>();
        kafka.send(new ProducerRecord<>(topic, partition, null, sent.value(0)), (metadata, failure) -> {
            if (failure == null) {
                result.complete(metadata.offset());
            } else {
                result.completeExceptionally(failure);
            }
        });
        return result;
    }

    CompletableFuture<Long> overAmqp(String queue, Sent sent) throws JMSException {
        MessageProducer producer = jmsProducers.get(queue);
        if (producer == null) {
            producer = session.createProducer(session.createQueue(queue));
            jmsProducers.put(queue, producer);
        }
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(sent.value(0).getBytes(UTF_8));
        CompletableFuture<Long> result = new CompletableFuture<>();
        producer.send(message, new CompletionListener() {
            @Override
            public void onCompletion(Message sentMessage) {
                result.complete(-1L);
            }

            @Override
            public void onException(Message sentMessage, Exception failure) {
                result.completeExceptionally(failure);
            }
        });
        return result;
    }

    CompletableFuture<Long> overMqtt(String topic, Sent sent) throws MqttException {
        CompletableFuture<Long> result = new CompletableFuture<>();
        mqtt.publish(topic, sent.value(0).getBytes(UTF_8), 1, false, null, new MqttActionListener() {
            @Override
            public void onSuccess(IMqttToken token) {
                // Paho calls a PUBACK that refuses a success too.
                int[] reasons = token.getReasonCodes();
                if (reasons == null || IntStream.of(reasons).allMatch(reason -> reason < 0x80)) {
                    result.complete(-1L);
                } else {
                    result.completeExceptionally(new IllegalStateException("PUBACK with " + Arrays.toString(reasons)));
                }
            }

            @Override
            public void onFailure(@Nullable IMqttToken token, Throwable failure) {
                result.completeExceptionally(failure);
            }
        });
        return result;
    }

    @Override
    public void close() throws JMSException, MqttException {
        kafka.close(Duration.ZERO);
        admin.close(Duration.ZERO);
        jms.close();
        if (mqtt.isConnected()) {
            mqtt.disconnectForcibly(0, 1, false);
        }
        mqtt.close(true);
    }
}
