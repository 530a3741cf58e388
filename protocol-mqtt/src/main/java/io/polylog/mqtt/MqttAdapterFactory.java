package io.polylog.mqtt;

import io.polylog.config.ConfigKey;
import io.polylog.config.Settings;
import io.polylog.mqtt.session.Sessions;
import io.polylog.spi.AdapterContext;
import io.polylog.spi.ProtocolAdapter;
import io.polylog.spi.ProtocolAdapterFactory;
import java.util.List;

/** Adds MQTT 3.1, 3.1.1 and 5 to the gateway. */
public final class MqttAdapterFactory implements ProtocolAdapterFactory {

    @Override
    public String name() {
        return "mqtt";
    }

    @Override
    public int defaultPort() {
        return 1883;
    }

    @Override
    public List<ConfigKey<?>> keys() {
        return MqttKeys.ALL;
    }

    @Override
    public ProtocolAdapter create(AdapterContext context, Settings settings) {
        return new MqttAdapter(new Sessions(context, MqttKeys.limits(settings)));
    }
}
