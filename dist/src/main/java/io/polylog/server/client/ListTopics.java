package io.polylog.server.client;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.TopicDescription;

/** {@code polylog topic list}: those of clients, without the gateway's own. */
public final class ListTopics implements ClientCommand {

    private static final Table TABLE = new Table().text("TOPIC", "topic").number("PARTITIONS", "partitions");

    @Override
    public void run(KafkaDoor gateway, Output output) throws ClientException, InterruptedException {
        var names = gateway.answer(gateway.admin().listTopics().names(), "topics");
        Map<String, TopicDescription> topics =
                gateway.answer(gateway.admin().describeTopics(names).allTopicNames(), "that was there just now");
        ArrayNode rows = JsonNodeFactory.instance.arrayNode();
        new TreeMap<>(topics)
                .forEach((name, topic) -> rows.addObject()
                        .put("topic", name)
                        .put("partitions", topic.partitions().size()));
        output.report(rows, TABLE.of(rows, "no topics"));
    }
}
