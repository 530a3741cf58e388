package io.polylog.kafka.guard;

import io.polylog.broker.Topic;
import io.polylog.kafka.call.Access;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.TopicLookup;
import io.polylog.kafka.codec.Reply;
import io.polylog.security.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResultCollection;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResult;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** What it takes to make, grow, empty and delete topics. */
final class TopicAdminGuards {

    private static final short REFUSED = Errors.TOPIC_AUTHORIZATION_FAILED.code();
    private static final String MESSAGE = "Authorization failed.";

    private final Access access;
    private final TopicLookup topics;

    TopicAdminGuards(Access access, TopicLookup topics) {
        this.access = access;
        this.topics = topics;
    }

    void addTo(Guards guards) {
        guards.add(ApiKeys.CREATE_TOPICS, CreateTopicsRequestData.class, this::create);
        guards.add(ApiKeys.DELETE_TOPICS, DeleteTopicsRequestData.class, this::delete);
        guards.add(ApiKeys.CREATE_PARTITIONS, CreatePartitionsRequestData.class, this::grow);
        guards.add(ApiKeys.DELETE_RECORDS, DeleteRecordsRequestData.class, this::deleteRecords);
    }

    private CompletionStage<Reply> create(
            Call call, CreateTopicsRequestData request, Supplier<CompletionStage<Reply>> rest) {
        List<CreatableTopic> refused = Guard.takenOut(request.topics(), topic -> access.creating(call, topic.name()));
        return rest.get().thenApply(Guard.changing(CreateTopicsResponseData.class, response -> {
            response.topics().forEach(topic -> hideConfigs(call, topic));
            refused.stream()
                    .map(CreatableTopic::name)
                    .distinct()
                    .forEach(name -> response.topics()
                            .add(new CreatableTopicResult()
                                    .setName(name)
                                    .setErrorCode(REFUSED)
                                    .setErrorMessage(MESSAGE)));
        }));
    }

    /** Who may make a topic need not be allowed to see its settings (KIP-525). */
    private void hideConfigs(Call call, CreatableTopicResult topic) {
        if (topic.errorCode() == Errors.NONE.code() && !access.topic(call, Operation.DESCRIBE_CONFIGS, topic.name())) {
            topic.setTopicConfigErrorCode(REFUSED)
                    .setConfigs(List.of())
                    .setNumPartitions(-1)
                    .setReplicationFactor((short) -1);
        }
    }

    private CompletionStage<Reply> delete(
            Call call, DeleteTopicsRequestData request, Supplier<CompletionStage<Reply>> rest) {
        List<DeletableTopicResult> refused = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (String name : request.topicNames()) {
            if (access.topic(call, Operation.DELETE, name)) {
                names.add(name);
            } else {
                refused.add(refused(name, Uuid.ZERO_UUID));
            }
        }
        List<DeleteTopicState> states = new ArrayList<>();
        for (DeleteTopicState state : request.topics()) {
            Optional<Topic> topic = topics.find(state.name(), state.topicId());
            String name =
                    state.name() != null ? state.name() : topic.map(Topic::name).orElse(null);
            if (name == null || access.topic(call, Operation.DELETE, name)) {
                states.add(state);
            } else {
                boolean seen = state.name() != null || access.topic(call, Operation.DESCRIBE, name);
                refused.add(refused(seen ? name : null, state.topicId()));
            }
        }
        request.setTopicNames(names).setTopics(states);
        return rest.get()
                .thenApply(Guard.changing(
                        DeleteTopicsResponseData.class,
                        response ->
                                refused.forEach(result -> response.responses().add(result))));
    }

    private static DeletableTopicResult refused(@Nullable String name, Uuid id) {
        return new DeletableTopicResult()
                .setName(name)
                .setTopicId(id)
                .setErrorCode(REFUSED)
                .setErrorMessage(Errors.TOPIC_AUTHORIZATION_FAILED.message());
    }

    private CompletionStage<Reply> grow(
            Call call, CreatePartitionsRequestData request, Supplier<CompletionStage<Reply>> rest) {
        List<CreatePartitionsTopic> refused =
                Guard.takenOut(request.topics(), topic -> access.topic(call, Operation.ALTER, topic.name()));
        return rest.get()
                .thenApply(Guard.changing(
                        CreatePartitionsResponseData.class,
                        response -> response.setResults(Guard.joined(
                                response.results(),
                                refused,
                                topic -> new CreatePartitionsTopicResult()
                                        .setName(topic.name())
                                        .setErrorCode(REFUSED)
                                        .setErrorMessage(MESSAGE)))));
    }

    private CompletionStage<Reply> deleteRecords(
            Call call, DeleteRecordsRequestData request, Supplier<CompletionStage<Reply>> rest) {
        List<DeleteRecordsTopic> refused = new ArrayList<>();
        request.setTopics(
                Guard.kept(request.topics(), topic -> access.topic(call, Operation.DELETE, topic.name()), refused));
        return rest.get()
                .thenApply(Guard.changing(
                        DeleteRecordsResponseData.class,
                        response -> refused.forEach(topic -> response.topics().add(refused(topic)))));
    }

    private static DeleteRecordsTopicResult refused(DeleteRecordsTopic topic) {
        DeleteRecordsPartitionResultCollection partitions = new DeleteRecordsPartitionResultCollection();
        topic.partitions()
                .forEach(partition -> partitions.add(new DeleteRecordsPartitionResult()
                        .setPartitionIndex(partition.partitionIndex())
                        .setErrorCode(REFUSED)
                        .setLowWatermark(-1)));
        return new DeleteRecordsTopicResult().setName(topic.name()).setPartitions(partitions);
    }
}
