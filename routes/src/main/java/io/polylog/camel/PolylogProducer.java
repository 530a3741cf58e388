package io.polylog.camel;

import io.polylog.broker.Publisher.Published;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.metric.Flows;
import io.polylog.metric.Meters;
import io.polylog.record.Record;
import io.polylog.spi.AdapterContext;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultAsyncProducer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes each exchange as one record, and goes on with the route when the record is durable. Called by whatever
 * thread runs the route.
 *
 * <p>The route goes on upon a thread of this producer, never on the log's. It is one thread so that exchanges leave in
 * the order in which they came; what waits for it is bounded by the inputs' windows.
 */
final class PolylogProducer extends DefaultAsyncProducer {

    private final PolylogEndpoint endpoint;
    private final AdapterContext gateway;
    private final RecordMapper mapper;
    private final Meters.Counter published;
    private final Flows flows;
    private @Nullable ExecutorService continuation;

    PolylogProducer(PolylogEndpoint endpoint, AdapterContext gateway) {
        super(endpoint);
        this.endpoint = endpoint;
        this.gateway = gateway;
        this.mapper = new RecordMapper(gateway.meters());
        this.flows = gateway.topicMeters().flows("routes");
        this.published = gateway.meters().counter("polylog_messages_in_total", "protocol", "routes");
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        endpoint.existingTopic();
        continuation = endpoint.getCamelContext()
                .getExecutorServiceManager()
                .newSingleThreadExecutor(this, "polylog-to-" + endpoint.topic());
    }

    @Override
    protected void doStop() throws Exception {
        if (continuation != null) {
            endpoint.getCamelContext().getExecutorServiceManager().shutdown(continuation);
            continuation = null;
        }
        super.doStop();
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        ExecutorService thread = continuation;
        boolean cancels = exchange.getMessage().getHeader(PolylogHeaders.SCHEDULE_CANCEL) != null;
        CompletionStage<Published> publishing;
        int bytes;
        try {
            if (thread == null) {
                throw new RejectedExecutionException("the route to polylog:" + endpoint.topic() + " is stopped");
            }
            Record record = mapper.toRecord(
                    exchange.getMessage(),
                    endpoint.output(),
                    gateway.epochClock().timeMs());
            bytes = record.sizeInBytes();
            publishing = publish(exchange, record);
        } catch (Exception refused) { // Camel's conversions and the log's answer declare no narrower one
            exchange.setException(refused);
            callback.done(true);
            return true;
        }
        publishing.whenComplete((where, failed) -> {
            Throwable failure = failed instanceof CompletionException ? failed.getCause() : failed;
            Optional<String> cancelled = cancels ? answer(where, failure) : Optional.empty();
            if (cancelled.isPresent()) {
                exchange.getMessage().setHeader(PolylogHeaders.SCHEDULE_CANCELLED, cancelled.get());
            } else if (failure == null) {
                published.add(1);
                flows.of(where.partition()).in(1, bytes);
            } else {
                exchange.setException(failure);
            }
            try {
                thread.execute(() -> callback.done(false));
            } catch (RejectedExecutionException stopped) {
                // The route is being stopped by force: nothing follows but the end of the exchange.
                exchange.setException(stopped);
                callback.done(false);
            }
        });
        return false;
    }

    /** What came of a cancel; empty if it failed, or if the topic does not schedule and has taken it as a record. */
    private static Optional<String> answer(@Nullable Published where, @Nullable Throwable failure) {
        if (failure instanceof RefusedException refused) {
            return switch (refused.refusal()) {
                case SCHEDULE_TOO_LATE -> Optional.of("too-late");
                case SCHEDULE_NOT_FOUND -> Optional.of("not-found");
                default -> Optional.empty();
            };
        }
        return where != null && where.offset() < 0 ? Optional.of("cancelled") : Optional.empty();
    }

    /** Waits only if the topic has been deleted: going on without it would let later records overtake this one. */
    private CompletionStage<Published> publish(Exchange exchange, Record record) throws Exception {
        Integer chosen = exchange.getMessage().getHeader(PolylogHeaders.TARGET_PARTITION, Integer.class);
        Integer partition = chosen == null ? endpoint.output().partition() : chosen;
        Topic topic = endpoint.existingTopic();
        return partition == null
                ? gateway.publisher().publish(topic, record)
                : gateway.publisher().publish(topic.partition(partition), record);
    }
}
