package io.polylog.kafka.guard;

import io.polylog.kafka.call.Access;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.codec.Reply;
import io.polylog.security.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** What it takes to see and change settings: of a topic or a group with that one, of all else with the gateway. */
final class ConfigGuards {

    private final Access access;

    ConfigGuards(Access access) {
        this.access = access;
    }

    void addTo(Guards guards) {
        guards.add(ApiKeys.DESCRIBE_CONFIGS, DescribeConfigsRequestData.class, this::describe);
        guards.add(ApiKeys.ALTER_CONFIGS, AlterConfigsRequestData.class, this::alter);
        guards.add(
                ApiKeys.INCREMENTAL_ALTER_CONFIGS, IncrementalAlterConfigsRequestData.class, this::alterIncrementally);
    }

    private boolean may(Call call, Operation operation, byte type, String name) {
        return switch (ConfigResource.Type.forId(type)) {
            case TOPIC -> access.topic(call, operation, name);
            case GROUP -> access.group(call, operation, name);
            case BROKER, BROKER_LOGGER, CLIENT_METRICS -> access.cluster(call, operation);
            case UNKNOWN -> true; // the handler knows what to say
        };
    }

    private static Errors refusal(byte type) {
        return switch (ConfigResource.Type.forId(type)) {
            case TOPIC -> Errors.TOPIC_AUTHORIZATION_FAILED;
            case GROUP -> Errors.GROUP_AUTHORIZATION_FAILED;
            case BROKER, BROKER_LOGGER, CLIENT_METRICS, UNKNOWN -> Errors.CLUSTER_AUTHORIZATION_FAILED;
        };
    }

    private CompletionStage<Reply> describe(
            Call call, DescribeConfigsRequestData request, Supplier<CompletionStage<Reply>> rest) {
        List<DescribeConfigsResource> refused = new ArrayList<>();
        request.setResources(Guard.kept(
                request.resources(),
                resource -> may(call, Operation.DESCRIBE_CONFIGS, resource.resourceType(), resource.resourceName()),
                refused));
        return rest.get()
                .thenApply(Guard.changing(
                        DescribeConfigsResponseData.class,
                        response ->
                                response.setResults(Guard.joined(response.results(), refused, ConfigGuards::refused))));
    }

    private static DescribeConfigsResult refused(DescribeConfigsResource resource) {
        Errors error = refusal(resource.resourceType());
        return new DescribeConfigsResult()
                .setResourceType(resource.resourceType())
                .setResourceName(resource.resourceName())
                .setErrorCode(error.code())
                .setErrorMessage(error.message());
    }

    private CompletionStage<Reply> alter(
            Call call, AlterConfigsRequestData request, Supplier<CompletionStage<Reply>> rest) {
        List<AlterConfigsResource> refused = Guard.takenOut(
                request.resources(),
                resource -> may(call, Operation.ALTER_CONFIGS, resource.resourceType(), resource.resourceName()));
        return rest.get()
                .thenApply(Guard.changing(
                        AlterConfigsResponseData.class,
                        response -> response.setResponses(
                                Guard.joined(response.responses(), refused, ConfigGuards::refused))));
    }

    private static AlterConfigsResourceResponse refused(AlterConfigsResource resource) {
        Errors error = refusal(resource.resourceType());
        return new AlterConfigsResourceResponse()
                .setResourceType(resource.resourceType())
                .setResourceName(resource.resourceName())
                .setErrorCode(error.code())
                .setErrorMessage(error.message());
    }

    private CompletionStage<Reply> alterIncrementally(
            Call call, IncrementalAlterConfigsRequestData request, Supplier<CompletionStage<Reply>> rest) {
        List<IncrementalAlterConfigsRequestData.AlterConfigsResource> refused = Guard.takenOut(
                request.resources(),
                resource -> may(call, Operation.ALTER_CONFIGS, resource.resourceType(), resource.resourceName()));
        return rest.get()
                .thenApply(Guard.changing(
                        IncrementalAlterConfigsResponseData.class,
                        response -> response.setResponses(
                                Guard.joined(response.responses(), refused, ConfigGuards::refusedIncrement))));
    }

    private static IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse refusedIncrement(
            IncrementalAlterConfigsRequestData.AlterConfigsResource resource) {
        Errors error = refusal(resource.resourceType());
        return new IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse()
                .setResourceType(resource.resourceType())
                .setResourceName(resource.resourceName())
                .setErrorCode(error.code())
                .setErrorMessage(error.message());
    }
}
