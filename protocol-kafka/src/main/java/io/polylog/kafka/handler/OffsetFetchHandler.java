package io.polylog.kafka.handler;

import io.polylog.broker.Topic;
import io.polylog.group.GroupCoordinator;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.Endpoint;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.call.TopicLookup;
import io.polylog.kafka.codec.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetFetchRequest;
import org.apache.kafka.common.requests.OffsetFetchResponse;

/**
 * OffsetFetch: the committed offsets of one group, or of several from version 8 on. Versions from 10 on name topics by
 * id; the coordinator keeps them by name, so ids are resolved here, both ways.
 */
final class OffsetFetchHandler implements RequestHandler<OffsetFetchRequestData> {

    private final TopicLookup topics;
    private final GroupCoordinator coordinator;

    OffsetFetchHandler(TopicLookup topics, GroupCoordinator coordinator) {
        this.topics = Objects.requireNonNull(topics, "topics");
        this.coordinator = Objects.requireNonNull(coordinator, "coordinator");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, OffsetFetchRequestData request) {
        OffsetFetchRequest body = (OffsetFetchRequest) call.request().body();
        boolean byId = OffsetFetchRequest.useTopicIds(call.version());
        List<OffsetFetchRequestGroup> groups = new ArrayList<>();
        List<List<OffsetFetchResponseTopics>> unknown = new ArrayList<>();
        for (OffsetFetchRequestGroup asked : body.groups()) {
            List<OffsetFetchResponseTopics> missing = new ArrayList<>();
            groups.add(byId ? named(asked, missing) : asked);
            unknown.add(missing);
        }
        return coordinator
                .offsetFetch(call.caller(), groups, request.requireStable())
                .thenApply(answers -> {
                    List<OffsetFetchResponseGroup> all = new ArrayList<>();
                    for (int i = 0; i < answers.size(); i++) {
                        all.add(byId ? identified(answers.get(i), unknown.get(i)) : answers.get(i));
                    }
                    return Reply.of(new OffsetFetchResponse.Builder(all)
                            .build(call.version())
                            .data());
                });
    }

    private OffsetFetchRequestGroup named(OffsetFetchRequestGroup asked, List<OffsetFetchResponseTopics> missing) {
        if (asked.topics() == null) {
            return asked;
        }
        List<OffsetFetchRequestTopics> named = new ArrayList<>();
        for (OffsetFetchRequestTopics topic : asked.topics()) {
            Optional<Topic> found = topics.find(null, topic.topicId());
            if (found.isPresent()) {
                named.add(topic.duplicate().setName(found.get().name()));
            } else {
                missing.add(unknown(topic));
            }
        }
        return asked.duplicate().setTopics(named);
    }

    private static OffsetFetchResponseTopics unknown(OffsetFetchRequestTopics asked) {
        OffsetFetchResponseTopics topic = new OffsetFetchResponseTopics().setTopicId(asked.topicId());
        for (int index : asked.partitionIndexes()) {
            topic.partitions()
                    .add(new OffsetFetchResponsePartitions()
                            .setPartitionIndex(index)
                            .setErrorCode(Errors.UNKNOWN_TOPIC_ID.code())
                            .setCommittedOffset(OffsetFetchResponse.INVALID_OFFSET)
                            .setMetadata(OffsetFetchResponse.NO_METADATA));
        }
        return topic;
    }

    /** Offsets of topics that are gone have no id to go by, and are left out. */
    private OffsetFetchResponseGroup identified(
            OffsetFetchResponseGroup answer, List<OffsetFetchResponseTopics> missing) {
        if (answer.errorCode() != Errors.NONE.code()) {
            return answer;
        }
        List<OffsetFetchResponseTopics> identified = new ArrayList<>(missing);
        for (OffsetFetchResponseTopics topic : answer.topics()) {
            topics.find(topic.name(), Uuid.ZERO_UUID)
                    .ifPresent(found -> identified.add(topic.duplicate().setTopicId(Endpoint.kafkaId(found.id()))));
        }
        return answer.duplicate().setTopics(identified);
    }
}
