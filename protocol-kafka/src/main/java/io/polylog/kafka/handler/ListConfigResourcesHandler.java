package io.polylog.kafka.handler;

import io.polylog.broker.ClientMetricsSettings;
import io.polylog.broker.Topics;
import io.polylog.group.GroupConfigs;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.Endpoint;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.protocol.Errors;

/** ListConfigResources (KIP-1142): what DescribeConfigs can be asked about. Version 0 asks for client metrics only. */
final class ListConfigResourcesHandler implements RequestHandler<ListConfigResourcesRequestData> {

    private static final Set<Byte> LISTED = Set.of(
            ConfigResource.Type.TOPIC.id(),
            ConfigResource.Type.BROKER.id(),
            ConfigResource.Type.BROKER_LOGGER.id(),
            ConfigResource.Type.CLIENT_METRICS.id(),
            ConfigResource.Type.GROUP.id());

    private final Topics topics;
    private final GroupConfigs groups;
    private final ClientMetricsSettings clientMetrics;
    private final Endpoint endpoint;

    ListConfigResourcesHandler(
            Topics topics, GroupConfigs groups, ClientMetricsSettings clientMetrics, Endpoint endpoint) {
        this.topics = Objects.requireNonNull(topics, "topics");
        this.groups = Objects.requireNonNull(groups, "groups");
        this.clientMetrics = Objects.requireNonNull(clientMetrics, "clientMetrics");
        this.endpoint = Objects.requireNonNull(endpoint, "endpoint");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, ListConfigResourcesRequestData request) {
        ListConfigResourcesResponseData response = new ListConfigResourcesResponseData();
        Set<Byte> wanted = wanted(call.version(), request);
        if (!LISTED.containsAll(wanted)) {
            return CompletableFuture.completedFuture(
                    Reply.of(response.setErrorCode(Errors.UNSUPPORTED_VERSION.code())));
        }
        List<ListConfigResourcesResponseData.ConfigResource> resources = new ArrayList<>();
        if (wanted.contains(ConfigResource.Type.TOPIC.id())) {
            topics.all().forEach(topic -> resources.add(resource(ConfigResource.Type.TOPIC, topic.name())));
        }
        for (ConfigResource.Type type : List.of(ConfigResource.Type.BROKER, ConfigResource.Type.BROKER_LOGGER)) {
            if (wanted.contains(type.id())) {
                resources.add(resource(type, Integer.toString(endpoint.nodeId())));
            }
        }
        if (wanted.contains(ConfigResource.Type.CLIENT_METRICS.id())) {
            clientMetrics.all().keySet().stream()
                    .sorted()
                    .forEach(name -> resources.add(resource(ConfigResource.Type.CLIENT_METRICS, name)));
        }
        if (wanted.contains(ConfigResource.Type.GROUP.id())) {
            groups.groupIds().forEach(group -> resources.add(resource(ConfigResource.Type.GROUP, group)));
        }
        return CompletableFuture.completedFuture(Reply.of(response.setConfigResources(resources)));
    }

    private static Set<Byte> wanted(short version, ListConfigResourcesRequestData request) {
        if (version == 0) {
            return Set.of(ConfigResource.Type.CLIENT_METRICS.id());
        }
        return request.resourceTypes().isEmpty() ? LISTED : new HashSet<>(request.resourceTypes());
    }

    private static ListConfigResourcesResponseData.ConfigResource resource(ConfigResource.Type type, String name) {
        return new ListConfigResourcesResponseData.ConfigResource()
                .setResourceType(type.id())
                .setResourceName(name);
    }
}
