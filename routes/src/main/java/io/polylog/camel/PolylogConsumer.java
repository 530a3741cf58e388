package io.polylog.camel;

import io.polylog.broker.Topic;
import io.polylog.share.Acquired;
import io.polylog.share.ShareConsumer;
import io.polylog.spi.AdapterContext;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Suspendable;
import org.apache.camel.support.DefaultConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a topic as a member of a share group: each record becomes an exchange, and is accepted when the exchange has
 * completed or given back when it failed. So every record is processed at least once.
 *
 * <p>Records are begun one after the other on a thread of this consumer. Starting waits for the topic and the group, and
 * fails with the log's own sentence. Suspending lets what is in flight finish; stopping gives back what is left.
 */
final class PolylogConsumer extends DefaultConsumer implements Suspendable {

    /** How long a start waits for topic and group. */
    private static final int START_TIMEOUT_SECONDS = 30;

    private final PolylogEndpoint endpoint;
    private final AdapterContext gateway;
    private final PolylogEndpoint.Input input;
    private final String group;
    private final ScheduledExecutorService timer;
    private @Nullable ExecutorService owner;
    private @Nullable Intake intake;

    PolylogConsumer(
            PolylogEndpoint endpoint,
            Processor processor,
            AdapterContext gateway,
            PolylogEndpoint.Input input,
            String group,
            ScheduledExecutorService timer) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        this.gateway = gateway;
        this.input = input;
        this.group = group;
        this.timer = timer;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        Topic topic = await(gateway.topics().ensure(endpoint.topic()));
        ExecutorService thread = endpoint.getCamelContext()
                .getExecutorServiceManager()
                .newSingleThreadExecutor(this, "polylog-from-" + endpoint.topic());
        owner = thread;
        Intake made =
                new Intake(getRouteId(), input.maxInFlight(), input.redeliveryDelayMs(), thread, timer, this::process);
        ShareConsumer member = await(gateway.shareGroups().join(group, topic, input.startAt(), thread, made));
        intake = made;
        made.open(member);
    }

    private static <T> T await(CompletionStage<T> stage) throws Exception {
        try {
            return stage.toCompletableFuture().get(START_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof Exception cause ? cause : failure;
        } catch (TimeoutException late) {
            throw new TimeoutException("the log did not answer within " + START_TIMEOUT_SECONDS + " s");
        }
    }

    @Override
    protected void doSuspend() throws Exception {
        if (intake != null) {
            intake.pause();
        }
        super.doSuspend();
    }

    @Override
    protected void doResume() throws Exception {
        super.doResume();
        if (intake != null) {
            intake.resume();
        }
    }

    @Override
    protected void doStop() throws Exception {
        if (intake != null) {
            intake.close();
            intake = null;
        }
        if (owner != null) {
            endpoint.getCamelContext().getExecutorServiceManager().shutdown(owner);
            owner = null;
        }
        super.doStop();
    }

    private void process(Acquired acquired, Intake.Completion completion) {
        Exchange exchange = createExchange(false);
        RecordMapper.toMessage(acquired, exchange.getMessage());
        getAsyncProcessor().process(exchange, doneSync -> {
            Throwable failure = exchange.getException();
            if (failure == null && exchange.isRollbackOnly()) {
                failure = new IllegalStateException("the route asked for a rollback");
            }
            releaseExchange(exchange, false);
            completion.completed(failure);
        });
    }
}
