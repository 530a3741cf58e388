package io.polylog.amqp;

import io.polylog.amqp.link.AmqpLimits;
import io.polylog.config.ConfigKey;
import io.polylog.config.Settings;
import io.polylog.spi.AdapterContext;
import io.polylog.spi.ProtocolAdapter;
import io.polylog.spi.ProtocolAdapterFactory;
import java.util.List;

/** Adds AMQP 1.0 to the gateway. */
public final class AmqpAdapterFactory implements ProtocolAdapterFactory {
    private static final ConfigKey<Integer> MAX_FRAME_BYTES = ConfigKey.integer(
            "amqp.max-frame-bytes", 128 * 1024, 8 * 1024, 1 << 20, "Largest AMQP frame that is taken and sent.");
    private static final ConfigKey<Integer> MAX_MESSAGE_BYTES = ConfigKey.integer(
            "amqp.max-message-bytes",
            16 << 20,
            1024,
            256 << 20,
            "Largest AMQP message that is taken; a topic's max.message.bytes may be lower.");
    private static final ConfigKey<Integer> IDLE_TIMEOUT_MS = ConfigKey.integer(
            "amqp.idle-timeout-ms",
            120_000,
            0,
            Integer.MAX_VALUE,
            "Silence after which an AMQP peer is taken for gone; half of it is announced; 0 turns it off.");
    private static final ConfigKey<Integer> OPEN_TIMEOUT_MS = ConfigKey.integer(
            "amqp.open-timeout-ms",
            10_000,
            100,
            3_600_000,
            "How long a connection may take to greet, authenticate and send its open.");
    private static final ConfigKey<Integer> CHANNEL_MAX = ConfigKey.integer(
            "amqp.channel-max", 1023, 1, 65_535, "Highest channel number: sessions per connection, minus one.");

    @Override
    public String name() {
        return "amqp";
    }

    @Override
    public int defaultPort() {
        return 5672;
    }

    @Override
    public List<ConfigKey<?>> keys() {
        return List.of(MAX_FRAME_BYTES, MAX_MESSAGE_BYTES, IDLE_TIMEOUT_MS, OPEN_TIMEOUT_MS, CHANNEL_MAX);
    }

    @Override
    public ProtocolAdapter create(AdapterContext context, Settings settings) {
        AmqpLimits limits = new AmqpLimits(
                settings.get(MAX_FRAME_BYTES),
                settings.get(MAX_MESSAGE_BYTES),
                settings.get(IDLE_TIMEOUT_MS),
                settings.get(OPEN_TIMEOUT_MS),
                settings.get(CHANNEL_MAX));
        return new AmqpAdapter(context, limits);
    }
}
