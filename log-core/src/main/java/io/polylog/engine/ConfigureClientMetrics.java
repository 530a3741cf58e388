package io.polylog.engine;

import io.polylog.broker.ClientMetricsSettings;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import java.nio.ByteBuffer;
import java.util.Map;

/** Replaces the settings of a subscription to clients' metrics; none are forgotten. Body: name, settings. */
public record ConfigureClientMetrics(String name, Map<String, String> config) implements Command<Boolean> {

    static final byte TYPE = 95;

    public ConfigureClientMetrics {
        config = Map.copyOf(config);
    }

    @Override
    public byte type() {
        return TYPE;
    }

    @Override
    public int sizeInBytes() {
        return Encoding.sizeOf(name) + Encoding.sizeOf(config);
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putText(target, name);
        Encoding.putMap(target, config);
    }

    static ConfigureClientMetrics read(ByteBuffer body) {
        return new ConfigureClientMetrics(Encoding.text(body), Encoding.map(body));
    }

    @Override
    public Boolean applyTo(GroupState state, ApplyContext context) {
        if (!config.isEmpty() && state.clientMetrics().isNewBeyond(name, ClientMetricsSettings.MOST)) {
            throw new RefusedException(
                    Refusal.INVALID_CONFIG,
                    "there are " + ClientMetricsSettings.MOST + " subscriptions to clients' metrics already");
        }
        if (sizeInBytes() > ClientMetricsSettings.MOST_BYTES) {
            throw new RefusedException(
                    Refusal.INVALID_CONFIG,
                    "a subscription to clients' metrics has at most " + ClientMetricsSettings.MOST_BYTES + " bytes");
        }
        state.clientMetrics().put(name, config, context);
        return true;
    }
}
