package io.polylog.camel;

import io.polylog.share.ShareGroups.StartAt;
import io.polylog.spi.AdapterContext;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;
import org.jspecify.annotations.Nullable;

/**
 * Camel's {@code polylog:topic} endpoints. As an input: {@code group} (required), {@code maxInFlight}, {@code
 * redeliveryDelayMs} and {@code startAt}; as an output: {@code key},
 * {@code partition} and {@code delay}. Owned by the Camel context.
 */
final class PolylogComponent extends DefaultComponent {

    /** Records one input may have in flight unless {@code maxInFlight} says otherwise. */
    static final int DEFAULT_MAX_IN_FLIGHT = 64;

    /** Most records {@code maxInFlight} may ask for. */
    static final int MAX_IN_FLIGHT_LIMIT = 10_000;

    private static final int DEFAULT_REDELIVERY_DELAY_MS = 1_000;

    private final @Nullable AdapterContext gateway;
    private @Nullable ScheduledExecutorService timer;

    PolylogComponent(AdapterContext gateway) {
        this.gateway = gateway;
    }

    private PolylogComponent() {
        this.gateway = null;
    }

    /** One whose endpoints can be made and not used: to check whether they can be made. */
    static PolylogComponent detached() {
        return new PolylogComponent();
    }

    @Override
    protected Endpoint createEndpoint(String uri, String topic, Map<String, Object> parameters) {
        String group = getAndRemoveParameter(parameters, "group", String.class);
        int maxInFlight = integer(parameters, "maxInFlight", DEFAULT_MAX_IN_FLIGHT, 1, MAX_IN_FLIGHT_LIMIT);
        int redeliveryDelayMs = integer(
                parameters, "redeliveryDelayMs", DEFAULT_REDELIVERY_DELAY_MS, 0, Intake.MAX_REDELIVERY_DELAY_MS);
        StartAt startAt = startAt(getAndRemoveParameter(parameters, "startAt", String.class, "latest"));
        Integer partition = getAndRemoveParameter(parameters, "partition", Integer.class);
        if (partition != null && partition < 0) {
            throw new IllegalArgumentException("partition must be a whole number from 0");
        }
        return new PolylogEndpoint(
                uri,
                this,
                topic,
                new PolylogEndpoint.Input(group, maxInFlight, redeliveryDelayMs, startAt),
                new PolylogEndpoint.Output(
                        getAndRemoveParameter(parameters, "key", String.class),
                        partition,
                        getAndRemoveParameter(parameters, "delay", String.class)));
    }

    private int integer(Map<String, Object> parameters, String name, int defaultValue, int min, int max) {
        String range = name + " must be a whole number from " + min + " to " + max;
        int value;
        try {
            value = getAndRemoveParameter(parameters, name, Integer.class, defaultValue);
        } catch (RuntimeException notANumber) { // Camel's conversion declares no narrower one
            throw new IllegalArgumentException(range);
        }
        if (value < min || value > max) {
            throw new IllegalArgumentException(range);
        }
        return value;
    }

    private static StartAt startAt(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "earliest" -> StartAt.EARLIEST;
            case "latest" -> StartAt.LATEST;
            default -> throw new IllegalArgumentException("startAt must be earliest or latest");
        };
    }

    AdapterContext gateway() {
        if (gateway == null) {
            throw new IllegalStateException("this component only checks endpoints");
        }
        return gateway;
    }

    /** Where failed records wait for their next delivery. */
    synchronized ScheduledExecutorService timer() {
        if (timer == null) {
            timer = getCamelContext().getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "redelivery");
        }
        return timer;
    }

    /** What still waits for its redelivery is given back when its input leaves the group, which was before this. */
    @Override
    protected synchronized void doStop() throws Exception {
        if (timer != null) {
            getCamelContext().getExecutorServiceManager().shutdownNow(timer);
            timer = null;
        }
        super.doStop();
    }
}
