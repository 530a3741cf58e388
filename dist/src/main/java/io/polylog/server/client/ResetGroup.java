package io.polylog.server.client;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * {@code polylog group reset NAME}: sets where a group without members goes on, in each partition of a topic. A group that is not
 * there comes to be.
 *
 * @param to an offset beyond what a partition holds counts as the nearest that it holds; a time is that of the first record
 *     not before it
 */
public record ResetGroup(String name, String topic, Position to) implements ClientCommand {

    private static final Table TABLE =
            new Table().text("TOPIC", "topic").number("PARTITION", "partition").number("COMMITTED", "committed");

    @Override
    public void run(KafkaDoor gateway, Output output) throws ClientException, InterruptedException {
        Map<TopicPartition, Long> offsets = Offsets.at(gateway, Offsets.partitions(gateway.topic(topic)), to);
        Map<TopicPartition, OffsetAndMetadata> commits = new HashMap<>();
        offsets.forEach((partition, offset) -> commits.put(partition, new OffsetAndMetadata(offset)));
        gateway.answer(gateway.admin().alterConsumerGroupOffsets(name, commits).all(), name);
        ArrayNode rows = JsonNodeFactory.instance.arrayNode();
        offsets.forEach((partition, offset) -> rows.addObject()
                .put("topic", topic)
                .put("partition", partition.partition())
                .put("committed", offset));
        output.report(rows, TABLE.of(rows, "no partitions"));
    }
}
