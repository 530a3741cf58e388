package io.polylog.server.badinput;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.polylog.server.endpoint.Endpoint;
import io.polylog.server.it.StartedGateway;
import io.polylog.server.paho.QuietCallback;
import jakarta.jms.Connection;
import jakarta.jms.MapMessage;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;

/** What stock clients say when they do what they are made for, recorded on the way to a gateway of its own. */
final class StockTraffic {

    static final String TOPIC = "recorded";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private StockTraffic() {}

    /** For each door what was said on each connection. */
    static Map<Door, List<byte[]>> record(Path directory) throws Exception {
        Map<Door, Recorder> recorders = new EnumMap<>(Door.class);
        for (Door door : Door.values()) {
            recorders.put(door, new Recorder());
        }
        String port = String.valueOf(recorders.get(Door.KAFKA).port());
        Map<Door, List<byte[]>> recordings = new EnumMap<>(Door.class);
        try (StartedGateway gateway = StartedGateway.start(
                directory, Map.of("POLYLOG_HEAP", "192m", "POLYLOG_KAFKA_ADVERTISED_PORT", port))) {
            recorders.forEach((door, recorder) -> recorder.passOnTo(gateway.endpoint(door.protocol())));
            kafka(recorders.get(Door.KAFKA).endpoint());
            amqp(recorders.get(Door.AMQP).endpoint());
            mqtt(recorders.get(Door.MQTT).endpoint());
            try (HttpNeighbour http =
                    new HttpNeighbour("http://" + recorders.get(Door.HTTP).endpoint(), SecureDoors.trustingNobody())) {
                http.roundTrip("");
            }
            for (Map.Entry<Door, Recorder> each : recorders.entrySet()) {
                recordings.put(each.getKey(), each.getValue().recordings());
                each.getValue().close();
            }
        }
        return recordings;
    }

    private static void kafka(Endpoint endpoint) throws Exception {
        String address = endpoint.toString();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 2, (short) 1))).all().get();
            admin.describeTopics(List.of(TOPIC)).allTopicNames().get();
            ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, TOPIC);
            admin.describeConfigs(List.of(topic)).all().get();
            produce(address, "none");
            produce(address, "gzip");
            produce(address, "zstd");
            consume(address);
            admin.listGroups().all().get();
            admin.describeConsumerGroups(List.of("recorders")).all().get();
            admin.listConsumerGroupOffsets("recorders").all().get();
            admin.deleteConsumerGroups(List.of("recorders")).all().get();
        }
    }

    private static void produce(String address, String compression) throws ExecutionException, InterruptedException {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", address, "compression.type", compression, "linger.ms", 0),
                new StringSerializer(),
                new StringSerializer())) {
            for (int i = 0; i < 3; i++) {
                ProducerRecord<String, String> record = new ProducerRecord<>(TOPIC, "key", WatchedGateway.SECRET);
                record.headers().add("header", "value".getBytes(US_ASCII));
                producer.send(record).get();
            }
        }
    }

    private static void consume(String address) {
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", address, "group.id", "recorders", "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.subscribe(List.of(TOPIC));
            int received = 0;
            while (received < 9) {
                received += consumer.poll(PATIENCE).count();
            }
            consumer.commitSync();
        }
    }

    private static void amqp(Endpoint endpoint) throws Exception {
        try (Connection connection = new JmsConnectionFactory("amqp://" + endpoint).createConnection("user", "word")) {
            Session session = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
            Queue queue = session.createQueue(TOPIC + "-queue");
            MessageProducer producer = session.createProducer(queue);
            MessageConsumer consumer = session.createConsumer(queue);
            connection.start();
            producer.send(session.createTextMessage(WatchedGateway.SECRET));
            MapMessage map = session.createMapMessage();
            map.setString("text", WatchedGateway.SECRET);
            map.setLong("number", 7);
            map.setStringProperty("property", "value");
            map.setJMSReplyTo(session.createTemporaryQueue());
            producer.send(map);
            producer.setDeliveryDelay(1);
            producer.send(session.createObjectMessage("object"));
            for (int i = 0; i < 3; i++) {
                consumer.receive(PATIENCE.toMillis()).acknowledge();
            }
        }
    }

    private static void mqtt(Endpoint endpoint) throws Exception {
        MqttClient client = new MqttClient("tcp://" + endpoint, "recorded", new MemoryPersistence());
        client.setCallback(new QuietCallback() {
            @Override
            public void messageArrived(String topic, MqttMessage message) {
                // only that it comes back
            }
        });
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setSessionExpiryInterval(60L);
        options.setWill(TOPIC + "/will", new MqttMessage("gone".getBytes(US_ASCII), 1, false, null));
        client.connect(options);
        client.subscribe(TOPIC + "/#", 2);
        client.subscribe("$share/recorders/" + TOPIC + "/+", 1);
        MqttProperties properties = new MqttProperties();
        properties.setUserProperties(List.of(new UserProperty("name", "value")));
        properties.setContentType("text/plain");
        properties.setResponseTopic(TOPIC + "/answers");
        properties.setCorrelationData(new byte[] {1, 2, 3});
        properties.setMessageExpiryInterval(60L);
        for (int qos = 0; qos <= 2; qos++) {
            MqttMessage message = new MqttMessage(WatchedGateway.SECRET.getBytes(US_ASCII), qos, qos == 1, properties);
            client.publish(TOPIC + "/" + qos, message);
        }
        client.unsubscribe(TOPIC + "/#");
        client.disconnect(TimeUnit.SECONDS.toMillis(5));
        client.close();
        oldMqtt(endpoint);
    }

    private static void oldMqtt(Endpoint endpoint) throws org.eclipse.paho.client.mqttv3.MqttException {
        try (var client = new org.eclipse.paho.client.mqttv3.MqttClient(
                "tcp://" + endpoint, "recorded-3", new org.eclipse.paho.client.mqttv3.persist.MemoryPersistence())) {
            client.connect();
            client.subscribe(TOPIC + "/old", 1);
            client.publish(TOPIC + "/old", WatchedGateway.SECRET.getBytes(US_ASCII), 2, false);
            client.disconnect();
        }
    }
}
