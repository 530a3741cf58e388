package io.polylog.server.client;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.common.config.ConfigResource;

/**
 * {@code polylog topic set NAME}: changes settings, or adds partitions.
 *
 * @param partitions how many it has from now on, more than before
 * @param settings by name; an empty value puts the setting back to its default
 */
public record SetTopic(String name, Optional<Integer> partitions, Map<String, String> settings)
        implements ClientCommand {

    public SetTopic {
        settings = Map.copyOf(settings);
    }

    @Override
    public void run(KafkaDoor gateway, Output output) throws ClientException, InterruptedException {
        if (!settings.isEmpty()) {
            ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, name);
            List<AlterConfigOp> changes =
                    settings.entrySet().stream().map(SetTopic::change).toList();
            gateway.answer(
                    gateway.admin()
                            .incrementalAlterConfigs(Map.of(topic, changes))
                            .all(),
                    name);
        }
        if (partitions.isPresent()) {
            NewPartitions more = NewPartitions.increaseTo(partitions.get());
            gateway.answer(gateway.admin().createPartitions(Map.of(name, more)).all(), name);
        }
        ObjectNode changed = JsonNodeFactory.instance.objectNode().put("topic", name);
        partitions.ifPresent(count -> changed.put("partitions", count));
        settings.forEach(changed.putObject("settings")::put);
        output.said(changed, "changed " + name);
    }

    private static AlterConfigOp change(Map.Entry<String, String> setting) {
        return new AlterConfigOp(
                new ConfigEntry(setting.getKey(), setting.getValue()),
                setting.getValue().isEmpty() ? AlterConfigOp.OpType.DELETE : AlterConfigOp.OpType.SET);
    }
}
