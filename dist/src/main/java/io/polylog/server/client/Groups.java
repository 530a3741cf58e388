package io.polylog.server.client;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/** What there is to know of one consumer group. */
final class Groups {

    private Groups() {}

    /**
     * @throws ClientException also if there is no such group
     */
    static ConsumerGroupDescription describe(KafkaDoor gateway, String name)
            throws ClientException, InterruptedException {
        try {
            return gateway.only(
                    gateway.admin().describeConsumerGroups(List.of(name)).describedGroups(), name);
        } catch (ClientException refused) {
            throw refused.getCause() instanceof GroupIdNotFoundException
                    ? new ClientException("there is no group " + name, refused)
                    : refused;
        }
    }

    /** The offsets that it goes on from. */
    static Map<TopicPartition, OffsetAndMetadata> committed(KafkaDoor gateway, String name)
            throws ClientException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>(
                gateway.answer(gateway.admin().listConsumerGroupOffsets(name).partitionsToOffsetAndMetadata(), name));
        offsets.values().removeIf(offset -> offset == null);
        return offsets;
    }
}
