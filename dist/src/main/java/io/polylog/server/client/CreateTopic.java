package io.polylog.server.client;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * {@code polylog topic create NAME}.
 *
 * @param partitions at least 1; otherwise as many as the gateway is configured to make
 * @param settings by name
 */
public record CreateTopic(String name, Optional<Integer> partitions, Map<String, String> settings)
        implements ClientCommand {

    public CreateTopic {
        settings = Map.copyOf(settings);
    }

    @Override
    public void run(KafkaDoor gateway, Output output) throws ClientException, InterruptedException {
        NewTopic topic = new NewTopic(name, partitions, Optional.empty()).configs(settings);
        CreateTopicsResult created = gateway.admin().createTopics(List.of(topic));
        int count = gateway.answer(created.numPartitions(name), name);
        output.said(
                JsonNodeFactory.instance.objectNode().put("topic", name).put("partitions", count),
                "created " + name + " with " + count + (count == 1 ? " partition" : " partitions"));
    }
}
