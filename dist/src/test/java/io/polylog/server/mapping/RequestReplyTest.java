package io.polylog.server.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.mapping.KafkaDoor.KafkaDraft;
import io.polylog.server.mapping.Mqtt5Door.Mqtt5Message;
import io.polylog.testkit.GatewayExtension;
import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Requests through one door and replies through another, by clients that know nothing but their own protocol: whatever is
 * in reply-to is used as it comes.
 */
class RequestReplyTest {

    @RegisterExtension
    static final GatewayExtension gateway = GatewayExtension.withVirtualClock();

    private Connection connection;
    private Session session;

    @BeforeEach
    void connect() throws JMSException {
        connection = new JmsConnectionFactory("amqp://" + gateway.address("amqp")).createConnection();
        session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        connection.start();
    }

    @AfterEach
    void disconnect() throws JMSException {
        connection.close();
    }

    @Test
    void replyComesFromMqttToJms() throws Exception {
        request("to-mqtt", session.createQueue("mqtt-replies"));
        try (KafkaDoor made = new KafkaDoor(gateway, "mqtt-replies");
                Mqtt5Door replies = new Mqtt5Door(gateway, "mqtt-replies")) {
            ConsumerRecord<byte[], byte[]> seen = requestIn("to-mqtt");
            assertThat(header(seen, "reply-to")).isEqualTo("mqtt-replies");
            Mqtt5Message reply = replies.draft("answer");
            reply.properties().setCorrelationData(header(seen, "correlation-id").getBytes(UTF_8));
            replies.publish(reply);
            assertThat(made.next().value()).asString(UTF_8).isEqualTo("answer");
        }
        assertAnswer(session.createConsumer(session.createQueue("mqtt-replies")));
    }

    @Test
    void replyComesFromKafkaToJms() throws Exception {
        request("to-kafka", session.createQueue("kafka-replies"));
        ConsumerRecord<byte[], byte[]> seen = requestIn("to-kafka");
        try (KafkaDoor replies = new KafkaDoor(gateway, header(seen, "reply-to"))) {
            KafkaDraft reply = replies.draft("answer");
            reply.headers.add(seen.headers().lastHeader("correlation-id"));
            reply.headers.add("amqp.body", "str".getBytes(UTF_8));
            replies.publish(reply);
        }
        assertAnswer(session.createConsumer(session.createQueue("kafka-replies")));
    }

    @Test
    void replyComesFromJmsToMqttAndKafka() throws Exception {
        try (KafkaDoor kafkaReplies = new KafkaDoor(gateway, "jms-replies");
                Mqtt5Door mqttReplies = new Mqtt5Door(gateway, "jms-replies");
                KafkaDoor made = new KafkaDoor(gateway, "to-jms");
                Mqtt5Door requests = new Mqtt5Door(gateway, "to-jms")) {
            Mqtt5Message request = requests.draft("question");
            request.properties().setResponseTopic("jms-replies");
            request.properties().setCorrelationData("c-1".getBytes(UTF_8));
            requests.publish(request);
            assertThat(made.next().value()).asString(UTF_8).isEqualTo("question");

            Message seen = receive(session.createConsumer(session.createQueue("to-jms")));
            reply(seen);

            Mqtt5Message answer = mqttReplies.next();
            assertThat(answer.message.getPayload()).asString(UTF_8).isEqualTo("answer");
            assertThat(answer.properties().getCorrelationData()).asString(UTF_8).isEqualTo("c-1");
            assertThat(header(kafkaReplies.next(), "correlation-id")).isEqualTo("c-1");
        }
    }

    /** A temporary queue is known to AMQP clients only, under the name that the gateway gave it. */
    @Test
    void replyComesToATemporaryQueue() throws Exception {
        Queue temporary = session.createTemporaryQueue();
        MessageConsumer answers = session.createConsumer(temporary);
        request("to-jms-too", temporary);
        Message seen = receive(session.createConsumer(session.createQueue("to-jms-too")));
        assertThat(((Queue) seen.getJMSReplyTo()).getQueueName()).isEqualTo(temporary.getQueueName());
        reply(seen);
        assertAnswer(answers);
    }

    /** As the clients of RabbitMQ address queues; the other protocols know only the name. */
    @Test
    void addressOfAQueueIsItsNameToTheOthers() throws Exception {
        request("from-rabbit", session.createQueue("/queues/rabbit-replies"));
        assertThat(header(requestIn("from-rabbit"), "reply-to")).isEqualTo("rabbit-replies");
        Message seen = receive(session.createConsumer(session.createQueue("from-rabbit")));
        reply(seen);
        assertAnswer(session.createConsumer(session.createQueue("/queues/rabbit-replies")));
    }

    private void request(String queue, Destination replyTo) throws JMSException {
        Message request = session.createTextMessage("question");
        request.setJMSReplyTo(replyTo);
        request.setJMSCorrelationID("c-1");
        session.createProducer(session.createQueue(queue)).send(request);
    }

    private void reply(Message request) throws JMSException {
        Message reply = session.createTextMessage("answer");
        reply.setJMSCorrelationID(request.getJMSCorrelationID());
        session.createProducer(request.getJMSReplyTo()).send(reply);
    }

    private static ConsumerRecord<byte[], byte[]> requestIn(String topic) {
        try (KafkaDoor kafka = new KafkaDoor(gateway, topic)) {
            return kafka.next();
        }
    }

    private static void assertAnswer(MessageConsumer consumer) throws JMSException {
        Message answer = receive(consumer);
        assertThat(answer.getJMSCorrelationID()).isEqualTo("c-1");
        assertThat(answer.isBodyAssignableTo(String.class) ? answer.getBody(String.class) : bytes(answer))
                .isEqualTo("answer");
    }

    private static String bytes(Message message) throws JMSException {
        return new String(message.getBody(byte[].class), UTF_8);
    }

    private static Message receive(MessageConsumer consumer) throws JMSException {
        Message message = consumer.receive(Door.PATIENCE_MS);
        assertThat(message).as("a message comes").isNotNull();
        return message;
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }
}
