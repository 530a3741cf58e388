package io.polylog.kafka.handler;

import io.polylog.broker.Topics;
import io.polylog.kafka.codec.Reply;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.config.ConfigResource.Type;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData.ConfigResource;
import org.apache.kafka.common.protocol.Errors;

/** ListConfigResources (KIP-1142): what DescribeConfigs can be asked about. Version 0 asks for client metrics only. */
final class ListConfigResourcesHandler implements RequestHandler<ListConfigResourcesRequestData> {

    private static final Set<Byte> LISTED = Set.of(
            Type.TOPIC.id(), Type.BROKER.id(), Type.BROKER_LOGGER.id(), Type.CLIENT_METRICS.id(), Type.GROUP.id());

    private final Topics topics;
    private final Endpoint endpoint;

    ListConfigResourcesHandler(Topics topics, Endpoint endpoint) {
        this.topics = Objects.requireNonNull(topics, "topics");
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
        List<ConfigResource> resources = new ArrayList<>();
        if (wanted.contains(Type.TOPIC.id())) {
            topics.all().forEach(topic -> resources.add(resource(Type.TOPIC, topic.name())));
        }
        for (Type type : List.of(Type.BROKER, Type.BROKER_LOGGER)) {
            if (wanted.contains(type.id())) {
                resources.add(resource(type, Integer.toString(endpoint.nodeId())));
            }
        }
        return CompletableFuture.completedFuture(Reply.of(response.setConfigResources(resources)));
    }

    private static Set<Byte> wanted(short version, ListConfigResourcesRequestData request) {
        if (version == 0) {
            return Set.of(Type.CLIENT_METRICS.id());
        }
        return request.resourceTypes().isEmpty() ? LISTED : new HashSet<>(request.resourceTypes());
    }

    private static ConfigResource resource(Type type, String name) {
        return new ConfigResource().setResourceType(type.id()).setResourceName(name);
    }
}
