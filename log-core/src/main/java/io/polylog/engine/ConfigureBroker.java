package io.polylog.engine;

import java.nio.ByteBuffer;
import java.util.Map;

/**
 * Replaces the settings that were given to a broker while it ran; none are forgotten. Body: node id in decimal, or nothing for
 * all nodes; settings.
 */
public record ConfigureBroker(String node, Map<String, String> config) implements Command<Boolean> {

    static final byte TYPE = 91;

    private static final int MAX_NODE_CHARACTERS = 10;

    public ConfigureBroker {
        if (node.length() > MAX_NODE_CHARACTERS || !node.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
            throw new IllegalArgumentException("no node id: " + node);
        }
        config = Map.copyOf(config);
    }

    @Override
    public byte type() {
        return TYPE;
    }

    /** What lets old records go must get through also when the disk is nearly full. */
    @Override
    public Growth growth() {
        return Growth.LITTLE;
    }

    @Override
    public int sizeInBytes() {
        return Encoding.sizeOf(node) + Encoding.sizeOf(config);
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putText(target, node);
        Encoding.putMap(target, config);
    }

    static ConfigureBroker read(ByteBuffer body) {
        return new ConfigureBroker(Encoding.text(body), Encoding.map(body));
    }

    @Override
    public Boolean applyTo(GroupState state, ApplyContext context) {
        state.brokerConfigs().put(node, config, context);
        return true;
    }
}
