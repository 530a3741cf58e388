package io.polylog.camel;

import io.polylog.broker.Publisher.Published;
import io.polylog.broker.Topic;
import io.polylog.metric.Meters;
import io.polylog.record.Record;
import io.polylog.spi.AdapterContext;
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
    private @Nullable ExecutorService continuation;

    PolylogProducer(PolylogEndpoint endpoint, AdapterContext gateway) {
        super(endpoint);
        this.endpoint = endpoint;
        this.gateway = gateway;
        this.mapper = new RecordMapper(gateway.meters());
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
        CompletionStage<Published> publishing;
        try {
            if (thread == null) {
                throw new RejectedExecutionException("the route to polylog:" + endpoint.topic() + " is stopped");
            }
            publishing = publish(exchange);
        } catch (Exception refused) { // Camel's conversions and the log's answer declare no narrower one
            exchange.setException(refused);
            callback.done(true);
            return true;
        }
        publishing.whenComplete((where, failure) -> {
            if (failure == null) {
                published.add(1);
            } else {
                exchange.setException(failure instanceof CompletionException ? failure.getCause() : failure);
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

    /** Waits only if the topic has been deleted: going on without it would let later records overtake this one. */
    private CompletionStage<Published> publish(Exchange exchange) throws Exception {
        Integer chosen = exchange.getMessage().getHeader(PolylogHeaders.TARGET_PARTITION, Integer.class);
        Integer partition = chosen == null ? endpoint.output().partition() : chosen;
        Record record = mapper.toRecord(
                exchange.getMessage(), endpoint.output(), gateway.epochClock().timeMs());
        Topic topic = endpoint.existingTopic();
        return partition == null
                ? gateway.publisher().publish(topic, record)
                : gateway.publisher().publish(topic.partition(partition), record);
    }
}
