package io.polylog.kafka.handler;

import io.polylog.broker.Fetcher;
import io.polylog.broker.PartitionOffsets;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.broker.Topics;
import io.polylog.kafka.call.AuthorizedOperations;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.Endpoint;
import io.polylog.kafka.call.ErrorMapping;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.call.TopicLookup;
import io.polylog.kafka.codec.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopicCollection;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.MetadataRequest;
import org.jspecify.annotations.Nullable;

/**
 * Metadata: topics, their partitions, and this gateway as their leader. A topic that is asked for by name and does not
 * exist is created when both the client and the gateway allow it, and is in the answer already.
 */
final class MetadataHandler implements RequestHandler<MetadataRequestData> {

    /** Topics created by one request; further ones are unknown until the client asks again, as it does. */
    static final int MAX_CREATED = 100;

    private static final int NO_LEADER = -1;
    private static final short FIRST_VERSION_WITH_IDS = 12;

    private final Topics topics;
    private final TopicLookup lookup;
    private final Fetcher fetcher;
    private final Endpoint endpoint;

    MetadataHandler(Topics topics, TopicLookup lookup, Fetcher fetcher, Endpoint endpoint) {
        this.topics = topics;
        this.lookup = lookup;
        this.fetcher = fetcher;
        this.endpoint = endpoint;
    }

    @Override
    public CompletionStage<Reply> handle(Call call, MetadataRequestData request) {
        checkIds(call.version(), request);
        MetadataResponseData response =
                new MetadataResponseData().setClusterId(endpoint.clusterId()).setControllerId(endpoint.nodeId());
        response.brokers()
                .add(new MetadataResponseBroker()
                        .setNodeId(endpoint.nodeId())
                        .setHost(endpoint.host(call))
                        .setPort(endpoint.port(call)));
        if (request.includeClusterAuthorizedOperations()) {
            response.setClusterAuthorizedOperations(AuthorizedOperations.CLUSTER);
        }
        if (((MetadataRequest) call.request().body()).isAllTopics()) {
            for (Topic topic : topics.all()) {
                response.topics().add(describe(topic, request));
            }
            return CompletableFuture.completedFuture(Reply.of(response));
        }
        return named(call, request, response);
    }

    /** Versions 10 and 11 have room for ids, and no broker ever looked at them there. */
    private static void checkIds(short version, MetadataRequestData request) {
        boolean byId = request.topics() != null
                && request.topics().stream()
                        .anyMatch(topic ->
                                topic.name() == null || !topic.topicId().equals(Uuid.ZERO_UUID));
        if (byId && version < FIRST_VERSION_WITH_IDS) {
            throw Errors.INVALID_REQUEST.exception("Topic ids are looked up from version 12 on.");
        }
    }

    private CompletionStage<Reply> named(Call call, MetadataRequestData request, MetadataResponseData response) {
        boolean mayCreate = call.version() < 4 || request.allowAutoTopicCreation();
        // With its size known from the start: growing, it takes most of the time that many names need.
        response.setTopics(new MetadataResponseTopicCollection(request.topics().size()));
        List<CompletableFuture<MetadataResponseTopic>> creations = new ArrayList<>();
        for (MetadataRequestTopic asked : request.topics()) {
            Uuid id = asked.topicId();
            Optional<Topic> found = lookup.find(asked.name(), id);
            if (found.isPresent()) {
                response.topics().add(describe(found.get(), request));
            } else if (asked.name() == null || !mayCreate || creations.size() >= MAX_CREATED) {
                response.topics().add(missing(asked.name(), id, TopicLookup.missing(asked.name(), id)));
            } else {
                creations.add(topics.ensure(asked.name())
                        .handle((topic, failure) -> failure == null
                                ? describe(topic, request)
                                : missing(asked.name(), id, ErrorMapping.of(failure)))
                        .toCompletableFuture());
            }
        }
        if (creations.isEmpty()) {
            return CompletableFuture.completedFuture(Reply.of(response));
        }
        return CompletableFuture.allOf(creations.toArray(CompletableFuture[]::new))
                .thenApply(done -> {
                    creations.forEach(creation -> response.topics().add(creation.join()));
                    return Reply.of(response);
                });
    }

    private static MetadataResponseTopic missing(@Nullable String name, Uuid id, Errors error) {
        return new MetadataResponseTopic().setName(name).setTopicId(id).setErrorCode(error.code());
    }

    private MetadataResponseTopic describe(Topic topic, MetadataRequestData request) {
        List<MetadataResponsePartition> partitions = new ArrayList<>(topic.partitionCount());
        for (int index = 0; index < topic.partitionCount(); index++) {
            partitions.add(describe(topic, index));
        }
        return new MetadataResponseTopic()
                .setName(topic.name())
                .setTopicId(Endpoint.kafkaId(topic.id()))
                .setIsInternal(topic.internal())
                .setPartitions(partitions)
                .setTopicAuthorizedOperations(
                        request.includeTopicAuthorizedOperations()
                                ? AuthorizedOperations.TOPIC
                                : AuthorizedOperations.OMITTED);
    }

    private MetadataResponsePartition describe(Topic topic, int index) {
        MetadataResponsePartition partition =
                new MetadataResponsePartition().setPartitionIndex(index).setReplicaNodes(List.of(endpoint.nodeId()));
        try {
            PartitionOffsets offsets = fetcher.offsets(topic.partition(index));
            return partition
                    .setLeaderId(endpoint.nodeId())
                    .setLeaderEpoch(offsets.leaderEpoch())
                    .setIsrNodes(List.of(endpoint.nodeId()));
        } catch (RefusedException notThere) { // being deleted, or taken offline by a storage fault
            return partition
                    .setErrorCode(Errors.LEADER_NOT_AVAILABLE.code())
                    .setLeaderId(NO_LEADER)
                    .setOfflineReplicas(List.of(endpoint.nodeId()));
        }
    }
}
