package io.polylog.server.client;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;

/**
 * {@code polylog topic delete NAME}: the topic, with all that it holds.
 *
 * @param name of the topic
 */
public record DeleteTopic(String name) implements ClientCommand {

    @Override
    public void run(KafkaDoor gateway, Output output) throws ClientException, InterruptedException {
        gateway.answer(gateway.admin().deleteTopics(List.of(name)).all(), name);
        output.said(JsonNodeFactory.instance.objectNode().put("topic", name), "deleted " + name);
    }
}
