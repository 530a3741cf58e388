package io.polylog.kafka.fetch;

import io.polylog.kafka.call.Traffic;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;

/** The answer to a fetch, a partition after the other; those of one topic that follow each other share an entry. */
final class FetchAnswer {

    private final FetchResponseData response = new FetchResponseData();

    /** What a fetch that has come to its end is answered with. On the event loop of its connection. */
    @FunctionalInterface
    interface Maker {
        /**
         * @param slots every partition of the fetch
         */
        FetchResponseData answer(List<FetchSlot> slots);
    }

    /** All partitions, and no session. */
    static FetchResponseData whole(List<FetchSlot> slots, Traffic traffic) {
        FetchAnswer answer = new FetchAnswer();
        slots.forEach(slot -> answer.add(slot, slot.toResponse(traffic)));
        return answer.response(FetchMetadata.INVALID_SESSION_ID);
    }

    /** An error of the fetch as a whole, which tells nothing of any partition. */
    static FetchResponseData refusal(Errors error, int sessionId) {
        return new FetchResponseData().setErrorCode(error.code()).setSessionId(sessionId);
    }

    void add(FetchSlot slot, PartitionData data) {
        List<FetchableTopicResponse> topics = response.responses();
        FetchableTopicResponse last = topics.isEmpty() ? null : topics.get(topics.size() - 1);
        if (last == null
                || !last.topicId().equals(slot.topicId())
                || !last.topic().equals(slot.topicName())) {
            last = new FetchableTopicResponse()
                    .setTopic(slot.topicName())
                    .setTopicId(slot.topicId())
                    .setPartitions(new ArrayList<>());
            topics.add(last);
        }
        last.partitions().add(data);
    }

    FetchResponseData response(int sessionId) {
        return response.setSessionId(sessionId);
    }
}
