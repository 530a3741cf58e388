package io.polylog.kafka.handler;

import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.ErrorMapping;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.call.Stages;
import io.polylog.kafka.codec.Reply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.Errors;

/** AlterConfigs, as older clients send it: the settings given replace all there are. */
final class AlterConfigsHandler implements RequestHandler<AlterConfigsRequestData> {

    private final ConfigChanges changes;

    AlterConfigsHandler(ConfigChanges changes) {
        this.changes = Objects.requireNonNull(changes, "changes");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, AlterConfigsRequestData request) {
        List<CompletionStage<AlterConfigsResourceResponse>> results = new ArrayList<>();
        for (AlterConfigsResource asked : request.resources()) {
            results.add(changes.change(
                            asked.resourceType(),
                            asked.resourceName(),
                            present -> wanted(asked),
                            request.validateOnly())
                    .handle((done, failure) -> new AlterConfigsResourceResponse()
                            .setResourceType(asked.resourceType())
                            .setResourceName(asked.resourceName())
                            .setErrorCode(
                                    failure == null
                                            ? 0
                                            : ErrorMapping.of(failure).code())
                            .setErrorMessage(failure == null ? null : ErrorMapping.message(failure))));
        }
        return Stages.all(results).thenApply(list -> Reply.of(new AlterConfigsResponseData().setResponses(list)));
    }

    private static Map<String, String> wanted(AlterConfigsResource asked) {
        Map<String, String> wanted = new HashMap<>();
        for (AlterableConfig entry : asked.configs()) {
            if (entry.value() == null) {
                throw Errors.INVALID_REQUEST.exception("Null value not supported for: " + entry.name());
            }
            wanted.put(entry.name(), entry.value());
        }
        return wanted;
    }
}
