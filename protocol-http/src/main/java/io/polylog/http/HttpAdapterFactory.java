package io.polylog.http;

import io.polylog.config.ConfigKey;
import io.polylog.config.Settings;
import io.polylog.spi.AdapterContext;
import io.polylog.spi.ProtocolAdapter;
import io.polylog.spi.ProtocolAdapterFactory;
import java.util.List;

/** The HTTP door: {@code /health/live}, {@code /health/ready}, {@code /metrics}, {@code /schedules}, and reports such as {@code /routes}. */
public final class HttpAdapterFactory implements ProtocolAdapterFactory {

    private static final ConfigKey<Integer> IDLE_TIMEOUT_MS = ConfigKey.integer(
            "http.idle-timeout-ms",
            60_000,
            100,
            3_600_000,
            "How long a connection may take to send its next request, or to take a response, before it is closed.");

    @Override
    public String name() {
        return "http";
    }

    @Override
    public int defaultPort() {
        return 8080;
    }

    @Override
    public List<ConfigKey<?>> keys() {
        return List.of(IDLE_TIMEOUT_MS);
    }

    @Override
    public ProtocolAdapter create(AdapterContext context, Settings settings) {
        return new HttpAdapter(
                context.meters(),
                context.readiness(),
                context.reports(),
                List.of(new ScheduleResource(context.topics(), context.schedules())),
                settings.get(IDLE_TIMEOUT_MS));
    }
}
