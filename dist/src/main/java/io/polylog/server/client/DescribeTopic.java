package io.polylog.server.client;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/**
 * {@code polylog topic describe NAME}: its partitions, and the settings that are not as they are by default.
 *
 * @param name of the topic
 */
public record DescribeTopic(String name) implements ClientCommand {

    private static final Table PARTITIONS = new Table()
            .number("PARTITION", "partition")
            .number("EARLIEST", "earliest")
            .number("END", "end");

    @Override
    public void run(KafkaDoor gateway, Output output) throws ClientException, InterruptedException {
        TopicDescription topic = gateway.topic(name);
        List<TopicPartition> partitions = Offsets.partitions(topic);
        Map<TopicPartition, Long> earliest = Offsets.earliest(gateway, partitions);
        ObjectNode described = JsonNodeFactory.instance
                .objectNode()
                .put("topic", name)
                .put("id", topic.topicId().toString());
        ArrayNode rows = described.putArray("partitions");
        Offsets.end(gateway, partitions)
                .forEach((partition, end) -> rows.addObject()
                        .put("partition", partition.partition())
                        .put("earliest", earliest.getOrDefault(partition, end))
                        .put("end", end));
        Map<String, String> settings = settings(gateway);
        settings.forEach(described.putObject("settings")::put);

        StringBuilder text = new StringBuilder("topic " + name + ", id " + topic.topicId() + "\n");
        settings.forEach((setting, value) ->
                text.append("  ").append(setting).append('=').append(value).append('\n'));
        output.report(described, text + PARTITIONS.of(rows, "no partitions"));
    }

    private Map<String, String> settings(KafkaDoor gateway) throws ClientException, InterruptedException {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, name);
        Map<String, String> settings = new TreeMap<>();
        gateway.only(gateway.admin().describeConfigs(List.of(topic)).values(), name).entries().stream()
                .filter(entry -> entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG)
                .forEach(entry -> settings.put(entry.name(), entry.value()));
        return settings;
    }
}
