package io.polylog.engine;

import java.nio.ByteBuffer;
import java.util.Map;

/** Replaces the settings of a consumer or share group; none are forgotten. Body: group id, settings. */
public record ConfigureGroup(String groupId, Map<String, String> config) implements Command<Boolean> {

    static final byte TYPE = 82;

    public ConfigureGroup {
        LedgerId.checkGroupId(groupId);
        config = Map.copyOf(config);
    }

    @Override
    public byte type() {
        return TYPE;
    }

    @Override
    public int sizeInBytes() {
        return Encoding.sizeOf(groupId) + Encoding.sizeOf(config);
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putText(target, groupId);
        Encoding.putMap(target, config);
    }

    static ConfigureGroup read(ByteBuffer body) {
        return new ConfigureGroup(Encoding.text(body), Encoding.map(body));
    }

    @Override
    public Boolean applyTo(GroupState state, ApplyContext context) {
        state.groupConfigs().put(groupId, config, context);
        return true;
    }
}
