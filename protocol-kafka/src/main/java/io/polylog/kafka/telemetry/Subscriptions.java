package io.polylog.kafka.telemetry;

import io.polylog.broker.ClientMetricsSettings;
import java.util.List;
import java.util.Map;

/** The subscriptions as they are at the moment, understood once for each change. Any thread. */
final class Subscriptions {

    /**
     * @param settings what they were made from
     * @param version one more for each change
     */
    record Current(Map<String, Map<String, String>> settings, List<Subscription> all, int version) {}

    private final ClientMetricsSettings settings;
    private volatile Current current = new Current(Map.of(), List.of(), 0);

    Subscriptions(ClientMetricsSettings settings) {
        this.settings = settings;
    }

    Current current() {
        Current known = current;
        return known.settings() == settings.all() ? known : understood();
    }

    private synchronized Current understood() {
        Map<String, Map<String, String>> newest = settings.all();
        if (current.settings() != newest) {
            List<Subscription> all =
                    newest.values().stream().map(Subscription::of).toList();
            current = new Current(newest, all, current.version() + 1);
        }
        return current;
    }
}
