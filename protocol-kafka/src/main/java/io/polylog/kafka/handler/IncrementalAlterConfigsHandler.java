package io.polylog.kafka.handler;

import io.polylog.broker.BrokerSetting;
import io.polylog.broker.KnownBrokerSettings;
import io.polylog.broker.TopicSetting;
import io.polylog.broker.TopicSettings;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.ErrorMapping;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.call.Stages;
import io.polylog.kafka.codec.Reply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** IncrementalAlterConfigs (KIP-339): set, delete, and append to or subtract from lists. */
final class IncrementalAlterConfigsHandler implements RequestHandler<IncrementalAlterConfigsRequestData> {

    private final ConfigChanges changes;
    private final LoggerConfigs loggers;

    IncrementalAlterConfigsHandler(ConfigChanges changes, LoggerConfigs loggers) {
        this.loggers = Objects.requireNonNull(loggers, "loggers");
        this.changes = Objects.requireNonNull(changes, "changes");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, IncrementalAlterConfigsRequestData request) {
        List<CompletionStage<AlterConfigsResourceResponse>> results = new ArrayList<>();
        for (AlterConfigsResource asked : request.resources()) {
            results.add(change(asked, request.validateOnly()).handle((done, failure) -> result(asked, failure)));
        }
        return Stages.all(results)
                .thenApply(list -> Reply.of(new IncrementalAlterConfigsResponseData().setResponses(list)));
    }

    private CompletionStage<?> change(AlterConfigsResource asked, boolean dryRun) {
        if (asked.resourceType() == ConfigResource.Type.BROKER_LOGGER.id()) {
            return Stages.of(() -> loggers.change(asked, dryRun));
        }
        return changes.change(asked.resourceType(), asked.resourceName(), present -> altered(present, asked), dryRun);
    }

    private static AlterConfigsResourceResponse result(AlterConfigsResource asked, @Nullable Throwable failure) {
        AlterConfigsResourceResponse result = new AlterConfigsResourceResponse()
                .setErrorMessage(null)
                .setResourceType(asked.resourceType())
                .setResourceName(asked.resourceName());
        return failure == null
                ? result
                : result.setErrorCode(ErrorMapping.of(failure).code()).setErrorMessage(ErrorMapping.message(failure));
    }

    private static Map<String, String> altered(Map<String, String> present, AlterConfigsResource asked) {
        Map<String, String> wanted = new HashMap<>(present);
        Set<String> seen = new LinkedHashSet<>();
        for (AlterableConfig entry : asked.configs()) {
            if (!seen.add(entry.name())) {
                throw Errors.INVALID_REQUEST.exception("Error due to duplicate config keys: " + entry.name());
            }
            apply(wanted, entry, ConfigResource.Type.forId(asked.resourceType()));
        }
        return wanted;
    }

    private static void apply(Map<String, String> wanted, AlterableConfig entry, ConfigResource.Type type) {
        OpType operation = OpType.forId(entry.configOperation());
        if (operation == null) {
            throw Errors.UNKNOWN_SERVER_ERROR.exception("Unknown config operation " + entry.configOperation());
        }
        String value = entry.value();
        if (operation == OpType.DELETE) {
            wanted.remove(entry.name());
            return;
        }
        if (value == null) {
            throw Errors.INVALID_REQUEST.exception("Null value not supported for: " + entry.name());
        }
        if (operation == OpType.SET) {
            wanted.put(entry.name(), value);
            return;
        }
        String byDefault = list(entry.name(), type);
        Set<String> items = items(wanted.getOrDefault(entry.name(), byDefault));
        if (operation == OpType.APPEND) {
            items.addAll(items(value));
        } else {
            items.removeAll(items(value));
        }
        wanted.put(entry.name(), String.join(",", items));
    }

    /** What a list has by default, which is what is appended to. */
    private static String list(String name, ConfigResource.Type type) {
        Optional<String> list = type == ConfigResource.Type.BROKER
                ? KnownBrokerSettings.find(name)
                        .filter(setting -> setting.type() == TopicSetting.Type.LIST)
                        .flatMap(BrokerSetting::defaultValue)
                : TopicSettings.find(name)
                        .filter(setting -> setting.type() == TopicSetting.Type.LIST)
                        .map(TopicSetting::defaultValue);
        return list.orElseThrow(() ->
                Errors.INVALID_CONFIG.exception("Can't APPEND or SUBTRACT: " + name + " is not a config of type LIST"));
    }

    private static Set<String> items(String list) {
        Set<String> items = new LinkedHashSet<>(Arrays.asList(list.split(",", -1)));
        items.remove("");
        return items;
    }
}
