package io.polylog.kafka.guard;

import io.polylog.broker.Topic;
import io.polylog.broker.Topics;
import io.polylog.kafka.call.Access;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.codec.Reply;
import io.polylog.security.Operation;
import io.polylog.security.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.MetadataRequest;

/**
 * Who sees which topics: whoever may describe them. A client that asks for all sees those alone; one that names another is
 * refused it, and does not learn whether it exists.
 */
final class MetadataGuards {

    /** No topic can have it, so that a request that would be empty is not one for all. */
    private static final String NO_TOPIC = "";

    private final Access access;
    private final Topics topics;

    MetadataGuards(Access access, Topics topics) {
        this.access = access;
        this.topics = topics;
    }

    void addTo(Guards guards) {
        guards.add(ApiKeys.METADATA, MetadataRequestData.class, this::metadata);
        guards.add(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, DescribeTopicPartitionsRequestData.class, this::topicPartitions);
        guards.add(ApiKeys.DESCRIBE_CLUSTER, DescribeClusterRequestData.class, this::cluster);
    }

    private boolean maySee(Call call, String topic) {
        return access.topic(call, Operation.DESCRIBE, topic);
    }

    private List<String> seen(Call call) {
        return topics.all().stream()
                .map(Topic::name)
                .filter(name -> maySee(call, name))
                .toList();
    }

    private CompletionStage<Reply> metadata(
            Call call, MetadataRequestData request, Supplier<CompletionStage<Reply>> rest) {
        List<MetadataResponseTopic> refused = new ArrayList<>();
        List<MetadataRequestTopic> kept = new ArrayList<>();
        if (((MetadataRequest) call.request().body()).isAllTopics()) {
            seen(call).forEach(name -> kept.add(new MetadataRequestTopic().setName(name)));
            request.setAllowAutoTopicCreation(false); // one may just have been deleted
        } else {
            for (MetadataRequestTopic asked : request.topics()) {
                if (maySee(call, asked)) {
                    kept.add(asked);
                } else {
                    refused.add(refused(asked));
                }
            }
        }
        boolean none = kept.isEmpty() && call.version() == 0;
        if (none) {
            kept.add(new MetadataRequestTopic().setName(NO_TOPIC));
        }
        request.setTopics(kept);
        return rest.get().thenApply(Guard.changing(MetadataResponseData.class, response -> {
            if (none) {
                response.topics().clear();
            }
            mask(call, response);
            refused.forEach(topic -> response.topics().add(topic));
        }));
    }

    /** Whether it may be looked at, and made if it is not there and the client has it made by looking. */
    private boolean maySee(Call call, MetadataRequestTopic asked) {
        String name = asked.name();
        if (name == null || !asked.topicId().equals(Uuid.ZERO_UUID)) {
            return access.topic(call, Operation.DESCRIBE, name, asked.topicId());
        }
        boolean creates = call.version() < 4
                || ((MetadataRequest) call.request().body()).data().allowAutoTopicCreation();
        return maySee(call, name) && (topics.find(name).isPresent() || !creates || access.creating(call, name));
    }

    private static MetadataResponseTopic refused(MetadataRequestTopic asked) {
        return new MetadataResponseTopic()
                .setName(asked.name() == null ? "" : asked.name())
                .setTopicId(asked.topicId())
                .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code());
    }

    private void mask(Call call, MetadataResponseData response) {
        response.setClusterAuthorizedOperations(
                access.mask(call, Resource.CLUSTER, response.clusterAuthorizedOperations()));
        response.topics()
                .forEach(topic -> topic.setTopicAuthorizedOperations(access.mask(
                        call,
                        Resource.topic(topic.name() == null ? "" : topic.name()),
                        topic.topicAuthorizedOperations())));
    }

    private CompletionStage<Reply> topicPartitions(
            Call call, DescribeTopicPartitionsRequestData request, Supplier<CompletionStage<Reply>> rest) {
        List<TopicRequest> refused = new ArrayList<>();
        List<TopicRequest> kept = request.topics().isEmpty()
                ? new ArrayList<>(seen(call).stream()
                        .map(name -> new TopicRequest().setName(name))
                        .toList())
                : Guard.kept(request.topics(), topic -> maySee(call, topic.name()), refused);
        boolean none = kept.isEmpty();
        if (none) {
            kept.add(new TopicRequest().setName(NO_TOPIC));
        }
        request.setTopics(kept);
        return rest.get().thenApply(Guard.changing(DescribeTopicPartitionsResponseData.class, response -> {
            if (none) {
                response.topics().clear();
                response.setNextCursor(null);
            }
            response.topics()
                    .forEach(topic -> topic.setTopicAuthorizedOperations(
                            access.mask(call, Resource.topic(topic.name()), topic.topicAuthorizedOperations())));
            refused.forEach(topic -> response.topics()
                    .add(new DescribeTopicPartitionsResponseTopic()
                            .setName(topic.name())
                            .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())));
        }));
    }

    private CompletionStage<Reply> cluster(
            Call call, DescribeClusterRequestData request, Supplier<CompletionStage<Reply>> rest) {
        return rest.get()
                .thenApply(Guard.changing(
                        DescribeClusterResponseData.class,
                        response -> response.setClusterAuthorizedOperations(
                                access.mask(call, Resource.CLUSTER, response.clusterAuthorizedOperations()))));
    }
}
