package io.polylog.kafka;

import static org.awaitility.Awaitility.await;

import io.polylog.testkit.TestAuthority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What stock clients are configured with to get through a guarded door, and the least they do behind it. */
final class SecureClients {

    private static final int PATIENCE_MS = 20_000;

    private SecureClients() {}

    static Map<String, Object> plain(int port) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:" + port);
        settings.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
        return settings;
    }

    static Map<String, Object> tls(int port, TestAuthority authority) {
        Map<String, Object> settings = plain(port);
        settings.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, "SSL");
        settings.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
        settings.put(
                SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG,
                authority.certificate().toString());
        return settings;
    }

    static Map<String, Object> mutualTls(int port, TestAuthority authority, TestAuthority.Identity identity) {
        Map<String, Object> settings = tls(port, authority);
        settings.put(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG, "PEM");
        settings.put(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG, identity.pem().toString());
        return settings;
    }

    /** Over what the settings say already. */
    static Map<String, Object> sasl(Map<String, Object> settings, String mechanism, String user, String password) {
        Map<String, Object> all = new HashMap<>(settings);
        boolean encrypted = "SSL".equals(settings.get(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG));
        all.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, encrypted ? "SASL_SSL" : "SASL_PLAINTEXT");
        all.put(SaslConfigs.SASL_MECHANISM, mechanism);
        String module = mechanism.equals("PLAIN") ? "plain.PlainLoginModule" : "scram.ScramLoginModule";
        all.put(
                SaslConfigs.SASL_JAAS_CONFIG,
                "org.apache.kafka.common.security." + module + " required username=\"" + user + "\" password=\""
                        + password + "\";");
        return all;
    }

    static Admin admin(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MS);
        all.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MS / 2);
        return Admin.create(all);
    }

    /** Makes a user, or gives it another password. */
    static void setPassword(Map<String, Object> settings, String user, String password) throws Exception {
        try (Admin admin = admin(settings)) {
            admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                            user, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096), password)))
                    .all()
                    .get();
        }
    }

    static Producer<byte[], byte[]> producer(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE_MS);
        return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }

    static Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Writes one record and waits for the answer. */
    static void produce(Map<String, Object> settings, String topic, byte[] value) throws Exception {
        try (Producer<byte[], byte[]> producer = producer(settings)) {
            producer.send(new ProducerRecord<>(topic, value)).get();
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof Exception cause ? cause : failed;
        }
    }

    /** The values of partition 0 from the start, at least so many. */
    static List<byte[]> read(Map<String, Object> settings, String topic, int count) {
        try (Consumer<byte[], byte[]> consumer = consumer(settings)) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            List<byte[]> values = new ArrayList<>();
            await().atMost(Duration.ofMillis(PATIENCE_MS)).until(() -> {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    values.add(record.value());
                }
                return values.size() >= count;
            });
            return values;
        }
    }
}
