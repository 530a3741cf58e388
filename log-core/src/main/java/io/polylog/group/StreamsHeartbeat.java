package io.polylog.group;

import java.util.List;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.StreamsGroupHeartbeatResponseData;

/**
 * What comes of a heartbeat of a group of Kafka Streams.
 *
 * @param answer for the member
 * @param missingTopics what its topology needs and nobody has created yet; whoever passed on the heartbeat does
 */
public record StreamsHeartbeat(StreamsGroupHeartbeatResponseData answer, List<CreatableTopic> missingTopics) {

    public StreamsHeartbeat {
        missingTopics = List.copyOf(missingTopics);
    }
}
