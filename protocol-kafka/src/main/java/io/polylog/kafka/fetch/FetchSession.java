package io.polylog.kafka.fetch;

import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.ReadableTopics;
import io.polylog.kafka.call.Traffic;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;
import org.jspecify.annotations.Nullable;

/**
 * A fetch session (KIP-227): which partitions a consumer reads, and what it has been told of each, so that requests name
 * only what is new and answers only what has changed. As in Kafka it belongs to no connection: whoever knows its id and
 * its turn goes on with it. Thread-safe.
 *
 * <p>Partitions whose records went out go to the back of the queue, so that under a limit of bytes every one has its turn.
 */
final class FetchSession {

    private static final int MAX_TOPIC_NAME = 249;
    private static final long NOT_TOLD = -1;

    private final boolean byTopicId;
    private final Map<Place, Told> partitions = new LinkedHashMap<>();
    private int epoch = FetchMetadata.nextEpoch(FetchMetadata.INITIAL_EPOCH);
    private volatile int id = FetchMetadata.INVALID_SESSION_ID;

    /** A partition as requests name it: the name is empty where there is an id, and the id zero where there is a name. */
    private record Place(String topic, Uuid topicId, int partition) {}

    /** What is asked of a partition, and what the consumer knows of it. */
    private static final class Told {
        FetchPartition asked;

        @Nullable
        String topic;

        long highWatermark = NOT_TOLD;
        long logStart = NOT_TOLD;

        Told(FetchPartition asked) {
            this.asked = asked;
        }

        /** Whether the consumer has to hear of it; if so it has heard. An error has no offsets: its end is news. */
        boolean isNews(PartitionData data) {
            boolean news = data.errorCode() != Errors.NONE.code()
                    || hasRecords(data)
                    || data.highWatermark() != highWatermark
                    || data.logStartOffset() != logStart;
            highWatermark = data.highWatermark();
            logStart = data.logStartOffset();
            return news;
        }
    }

    /** A session with the partitions of a full request, which {@link #fits}. */
    FetchSession(FetchRequestData request, boolean byTopicId) {
        this.byTopicId = byTopicId;
        update(request);
    }

    /** Whether a session may remember what a request names: no name of a topic is longer than any topic's. */
    static boolean fits(FetchRequestData request) {
        return request.topics().stream().allMatch(topic -> topic.topic().length() <= MAX_TOPIC_NAME);
    }

    /** Under which clients know it, or {@link FetchMetadata#INVALID_SESSION_ID}: it is not kept then. */
    int id() {
        return id;
    }

    /** Called once at most, before anybody knows the session. */
    void keepAs(int sessionId) {
        id = sessionId;
    }

    synchronized int size() {
        return partitions.size();
    }

    /** The epoch that the next request must have. */
    synchronized int epoch() {
        return epoch;
    }

    /** Takes up what a request changes, if it is its turn; then it is the next one's. Answers what is wrong otherwise. */
    synchronized Errors resume(FetchRequestData request, boolean withTopicIds) {
        if (request.sessionEpoch() != epoch) {
            return Errors.INVALID_FETCH_SESSION_EPOCH;
        }
        if (withTopicIds != byTopicId) {
            return Errors.FETCH_SESSION_TOPIC_ID_ERROR;
        }
        update(request);
        epoch = FetchMetadata.nextEpoch(epoch);
        return Errors.NONE;
    }

    private synchronized void update(FetchRequestData request) {
        for (FetchTopic topic : request.topics()) {
            for (FetchPartition partition : topic.partitions()) {
                Place place = new Place(topic.topic(), topic.topicId(), partition.partition());
                Told known = partitions.get(place);
                if (known == null) {
                    partitions.put(place, new Told(copy(partition)));
                } else {
                    known.asked = copy(partition);
                }
            }
        }
        for (ForgottenTopic topic : request.forgottenTopicsData()) {
            topic.partitions()
                    .forEach(partition -> partitions.remove(new Place(topic.topic(), topic.topicId(), partition)));
        }
    }

    /** Without what a client may have attached to it. */
    private static FetchPartition copy(FetchPartition asked) {
        return new FetchPartition()
                .setPartition(asked.partition())
                .setCurrentLeaderEpoch(asked.currentLeaderEpoch())
                .setFetchOffset(asked.fetchOffset())
                .setLastFetchedEpoch(asked.lastFetchedEpoch())
                .setPartitionMaxBytes(asked.partitionMaxBytes());
    }

    /** All partitions in turn, each looked up anew and only as far as the client of this call may read it. */
    synchronized List<FetchSlot> slots(Call call, ReadableTopics topics, boolean readCommitted) {
        List<FetchSlot> slots = new ArrayList<>(partitions.size());
        ReadableTopics.Found found = null;
        Place foundFor = null;
        String foundAs = null;
        for (Map.Entry<Place, Told> entry : partitions.entrySet()) {
            Place place = entry.getKey();
            Told told = entry.getValue();
            boolean sameTopic = foundFor != null
                    && foundFor.topicId.equals(place.topicId)
                    && foundFor.topic.equals(place.topic)
                    && Objects.equals(foundAs, told.topic);
            if (found == null || !sameTopic) {
                foundFor = place;
                foundAs = told.topic;
                found = foundAs == null
                        ? topics.find(call, place.topic, place.topicId)
                        : topics.findAgain(call, foundAs, place.topicId);
            }
            if (byTopicId && told.topic == null && found.topic() != null) {
                told.topic = found.topic().name();
            }
            slots.add(new FetchSlot(told.asked, place.topic, place.topicId, found, readCommitted));
        }
        return slots;
    }

    /**
     * What a consumer has to hear of its partitions. If somebody else has had a turn meanwhile, the answer is an error, and
     * what was found is closed.
     *
     * @param turn {@link #epoch} when the slots were made
     * @param slots those that {@link #slots} made
     */
    synchronized FetchResponseData answer(int turn, List<FetchSlot> slots, Traffic traffic) {
        if (turn != epoch) {
            slots.forEach(FetchSlot::forget);
            return FetchAnswer.refusal(Errors.INVALID_FETCH_SESSION_EPOCH, id);
        }
        FetchAnswer answer = new FetchAnswer();
        List<Place> served = new ArrayList<>();
        Iterator<FetchSlot> each = slots.iterator(); // partitions change with the epoch only
        for (Map.Entry<Place, Told> entry : partitions.entrySet()) {
            FetchSlot slot = each.next();
            PartitionData data = slot.toResponse(traffic);
            if (entry.getValue().isNews(data)) {
                answer.add(slot, data);
            }
            if (hasRecords(data)) {
                served.add(entry.getKey());
            }
        }
        served.forEach(place -> partitions.put(place, Objects.requireNonNull(partitions.remove(place))));
        return answer.response(id);
    }

    private static boolean hasRecords(PartitionData data) {
        return data.records().sizeInBytes() > 0;
    }
}
