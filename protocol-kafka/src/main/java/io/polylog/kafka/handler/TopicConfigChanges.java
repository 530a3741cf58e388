package io.polylog.kafka.handler;

import io.polylog.broker.Topic;
import io.polylog.broker.TopicSettings;
import io.polylog.broker.Topics;
import io.polylog.group.GroupConfigs;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.Errors;

/**
 * Changes settings of topics and groups one after the other, for a change of one key reads all and writes all: two at a time would
 * lose one. Any thread.
 */
final class TopicConfigChanges {

    private final Topics topics;
    private final GroupConfigs groups;
    private CompletionStage<?> last = CompletableFuture.completedFuture("nothing before");

    TopicConfigChanges(Topics topics, GroupConfigs groups) {
        this.groups = Objects.requireNonNull(groups, "groups");
        this.topics = Objects.requireNonNull(topics, "topics");
    }

    /**
     * Changes one resource.
     *
     * @param change from the present settings to the wanted ones; throws an ApiException to refuse
     * @param dryRun only checks
     */
    synchronized CompletionStage<?> change(
            byte resourceType, String name, Function<Map<String, String>, Map<String, String>> change, boolean dryRun) {
        CompletionStage<?> changed = last.handle((done, failure) -> "done either way")
                .thenCompose(done -> begin(resourceType, name, change, dryRun));
        last = changed;
        return changed;
    }

    private CompletionStage<?> begin(
            byte resourceType, String name, Function<Map<String, String>, Map<String, String>> change, boolean dryRun) {
        if (ConfigResource.Type.forId(resourceType) == ConfigResource.Type.GROUP) {
            return groups.change(name, change::apply, dryRun);
        }
        if (ConfigResource.Type.forId(resourceType) == ConfigResource.Type.BROKER
                && change.apply(Map.of()).isEmpty()) {
            return CompletableFuture.completedFuture(null); // tools take back throttles that nobody has set
        }
        if (ConfigResource.Type.forId(resourceType) != ConfigResource.Type.TOPIC) {
            throw Errors.INVALID_REQUEST.exception(
                    "Only settings of topics and groups can be changed; the gateway's own are in its configuration file.");
        }
        Topic topic = topics.find(name).orElseThrow(Errors.UNKNOWN_TOPIC_OR_PARTITION::exception);
        if (topic.internal()) {
            throw Errors.INVALID_TOPIC_EXCEPTION.exception("topic " + name + " belongs to the gateway");
        }
        Map<String, String> wanted = change.apply(topic.config());
        TopicSettings.canonical(wanted);
        return dryRun ? CompletableFuture.completedFuture(topic) : topics.configure(name, wanted);
    }
}
