package io.polylog.camel;

import io.polylog.camel.lint.Reasons;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.support.RoutePolicySupport;

/** Counts the exchanges of one route since it was loaded. Any thread. */
final class RouteTally extends RoutePolicySupport {

    private final LongAdder total = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile String lastFailure = "";

    @Override
    public void onExchangeBegin(Route route, Exchange exchange) {
        total.increment();
        inFlight.incrementAndGet();
    }

    @Override
    public void onExchangeDone(Route route, Exchange exchange) {
        inFlight.decrementAndGet();
        if (exchange.isFailed()) {
            failed.increment();
            Exception failure = exchange.getException();
            lastFailure = failure == null ? "rolled back" : Reasons.of(failure);
        }
    }

    long total() {
        return total.sum();
    }

    long failed() {
        return failed.sum();
    }

    int inFlight() {
        return inFlight.get();
    }

    /** Why the last exchange that failed did, or an empty text. */
    String lastFailure() {
        return lastFailure;
    }
}
