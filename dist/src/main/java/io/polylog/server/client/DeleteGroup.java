package io.polylog.server.client;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;

/**
 * {@code polylog group delete NAME}: a group without members, and its offsets.
 *
 * @param name of the group
 */
public record DeleteGroup(String name) implements ClientCommand {

    @Override
    public void run(KafkaDoor gateway, Output output) throws ClientException, InterruptedException {
        gateway.answer(gateway.admin().deleteConsumerGroups(List.of(name)).all(), name);
        output.said(JsonNodeFactory.instance.objectNode().put("group", name), "deleted " + name);
    }
}
