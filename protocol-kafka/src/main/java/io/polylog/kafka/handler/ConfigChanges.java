package io.polylog.kafka.handler;

import io.polylog.broker.BrokerSettings;
import io.polylog.broker.ClientMetricsSettings;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.broker.TopicSettings;
import io.polylog.broker.Topics;
import io.polylog.broker.Turns;
import io.polylog.group.GroupConfigs;
import io.polylog.kafka.call.Endpoint;
import io.polylog.kafka.call.ErrorMapping;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.Errors;

/**
 * Changes settings of topics, groups, the broker and subscriptions one after the other, for a change of one key reads all and writes all: two at a
 * time would lose one. Any thread.
 */
final class ConfigChanges {

    private final Topics topics;
    private final GroupConfigs groups;
    private final BrokerSettings broker;
    private final ClientMetricsSettings clientMetrics;
    private final Endpoint endpoint;
    private final Turns turns = new Turns();

    ConfigChanges(
            Topics topics,
            GroupConfigs groups,
            BrokerSettings broker,
            ClientMetricsSettings clientMetrics,
            Endpoint endpoint) {
        this.topics = Objects.requireNonNull(topics, "topics");
        this.groups = Objects.requireNonNull(groups, "groups");
        this.broker = Objects.requireNonNull(broker, "broker");
        this.clientMetrics = Objects.requireNonNull(clientMetrics, "clientMetrics");
        this.endpoint = Objects.requireNonNull(endpoint, "endpoint");
    }

    /**
     * Changes one resource.
     *
     * @param change from the present settings to the wanted ones; throws an ApiException to refuse
     * @param dryRun only checks
     */
    CompletionStage<?> change(
            byte resourceType, String name, UnaryOperator<Map<String, String>> change, boolean dryRun) {
        return turns.take(() -> switch (ConfigResource.Type.forId(resourceType)) {
            case TOPIC -> topic(name, change, dryRun).thenApply(done -> true);
            case GROUP -> group(name, change, dryRun).thenApply(done -> true);
            case BROKER -> broker(name, change, dryRun).thenApply(done -> true);
            case CLIENT_METRICS -> clientMetrics(name, change, dryRun).thenApply(done -> true);
            case BROKER_LOGGER, UNKNOWN ->
                throw Errors.INVALID_REQUEST.exception("Unknown resource type " + resourceType);
        });
    }

    private CompletionStage<Topic> topic(String name, UnaryOperator<Map<String, String>> change, boolean dryRun) {
        Topic topic = topics.find(name).orElseThrow(Errors.UNKNOWN_TOPIC_OR_PARTITION::exception);
        if (topic.internal()) {
            throw Errors.INVALID_TOPIC_EXCEPTION.exception("topic " + name + " belongs to the gateway");
        }
        Map<String, String> wanted = change.apply(topic.config());
        TopicSettings.canonical(wanted);
        return dryRun ? CompletableFuture.completedFuture(topic) : topics.configure(name, wanted);
    }

    private CompletionStage<?> group(String name, UnaryOperator<Map<String, String>> change, boolean dryRun) {
        if (name.isEmpty()) {
            throw Errors.INVALID_REQUEST.exception("Group name can't be empty");
        }
        return groups.change(name, change, dryRun);
    }

    private CompletionStage<?> clientMetrics(String name, UnaryOperator<Map<String, String>> change, boolean dryRun) {
        ClientMetricsForms.checkName(name);
        return clientMetrics.change(name, present -> ClientMetricsForms.checked(change.apply(present)), dryRun);
    }

    private CompletionStage<?> broker(String name, UnaryOperator<Map<String, String>> change, boolean dryRun) {
        if (!name.isEmpty()) {
            endpoint.checkNode(name);
        }
        String node = name.isEmpty() ? BrokerSettings.ALL_NODES : Integer.toString(endpoint.nodeId());
        return broker.change(node, change, dryRun).handle((done, failure) -> {
            if (failure == null) {
                return true;
            }
            // Kafka tells of a broker's settings that they are no valid request where a topic's would be no valid
            // settings.
            if (ErrorMapping.unwrap(failure) instanceof RefusedException refused
                    && refused.refusal() == Refusal.INVALID_CONFIG) {
                throw Errors.INVALID_REQUEST.exception(String.valueOf(refused.getMessage()));
            }
            throw new CompletionException(ErrorMapping.unwrap(failure));
        });
    }
}
