package io.polylog.kafka.handler;

import io.polylog.kafka.telemetry.ClientTelemetry;
import io.polylog.kafka.telemetry.GetTelemetrySubscriptionsHandler;
import io.polylog.kafka.telemetry.PushTelemetryHandler;
import io.polylog.spi.AdapterContext;
import org.apache.kafka.common.message.GetTelemetrySubscriptionsRequestData;
import org.apache.kafka.common.message.PushTelemetryRequestData;
import org.apache.kafka.common.protocol.ApiKeys;

/** What clients tell of themselves. */
final class TelemetryApis {

    private TelemetryApis() {}

    /**
     * @param mostSeries values of all clients that are kept at a time
     */
    static void addTo(Apis apis, AdapterContext context, int mostSeries) {
        ClientTelemetry telemetry =
                new ClientTelemetry(context.clientMetrics(), context.nanoClock(), context.meters(), mostSeries);
        apis.add(
                ApiKeys.GET_TELEMETRY_SUBSCRIPTIONS,
                GetTelemetrySubscriptionsRequestData.class,
                new GetTelemetrySubscriptionsHandler(telemetry));
        apis.add(ApiKeys.PUSH_TELEMETRY, PushTelemetryRequestData.class, new PushTelemetryHandler(telemetry));
    }
}
