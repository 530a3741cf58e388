package io.polylog.server.client;

import io.polylog.server.endpoint.Endpoint;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The Kafka door of a running gateway, as a client sees it. Whatever is asked is answered, or refused, in ten seconds. */
public final class KafkaDoor implements AutoCloseable {

    static final int PATIENCE_MS = 10_000;

    private static final int REQUEST_MS = 5_000;

    private final Endpoint endpoint;
    private final Admin admin;

    private KafkaDoor(Endpoint endpoint) {
        this.endpoint = endpoint;
        this.admin = Admin.create(settings());
    }

    /**
     * @throws ClientException if there is no gateway
     */
    public static KafkaDoor open(Endpoint endpoint) throws ClientException {
        Handshake.with(endpoint);
        return new KafkaDoor(endpoint);
    }

    /** What every client of it is made with. */
    Map<String, Object> settings() {
        Map<String, Object> settings = new TreeMap<>();
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, endpoint.toString());
        settings.put(CommonClientConfigs.CLIENT_ID_CONFIG, "polylog");
        settings.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MS);
        settings.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MS);
        settings.put(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, "");
        settings.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
        return settings;
    }

    Admin admin() {
        return admin;
    }

    /**
     * The topic and its partitions.
     *
     * @throws ClientException also if there is no such topic
     */
    TopicDescription topic(String name) throws ClientException, InterruptedException {
        return only(admin.describeTopics(List.of(name)).topicNameValues(), name);
    }

    /**
     * Waits for an answer.
     *
     * @param name what was asked about, for the sentence if there is no such thing
     */
    <T> T answer(Future<T> asked, String name) throws ClientException, InterruptedException {
        try {
            return asked.get(2 * PATIENCE_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException refused) {
            throw refusal(refused.getCause() == null ? refused : refused.getCause(), name);
        } catch (java.util.concurrent.TimeoutException silent) {
            throw refusal(silent, name);
        }
    }

    /** Waits for the answer about the only thing that was asked about. */
    <T> T only(Map<?, ? extends Future<T>> asked, String name) throws ClientException, InterruptedException {
        return answer(asked.values().iterator().next(), name);
    }

    /** The sentence for what a client of Kafka's failed with. */
    ClientException refusal(Throwable failure, String name) {
        if (failure instanceof UnknownTopicOrPartitionException) {
            return new ClientException("there is no topic " + name, failure);
        }
        if (failure instanceof TimeoutException || failure instanceof java.util.concurrent.TimeoutException) {
            return new ClientException(
                    "no answer from " + endpoint + " within " + PATIENCE_MS / 1000
                            + " s; is it the Kafka door of a gateway?",
                    failure);
        }
        String reason = String.valueOf(failure.getMessage());
        return failure instanceof ApiException
                ? new ClientException(name + ": " + reason, failure)
                : new ClientException(name + ": " + failure.getClass().getSimpleName() + ": " + reason, failure);
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
