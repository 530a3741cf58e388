package io.polylog.camel;

import io.polylog.broker.Registration;
import io.polylog.broker.Topic;
import io.polylog.broker.Topics;
import io.polylog.metric.Flows;
import io.polylog.metric.Meters;
import io.polylog.share.Acquired;
import io.polylog.share.ShareConsumer;
import io.polylog.spi.AdapterContext;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Suspendable;
import org.apache.camel.support.DefaultConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a topic as a member of a share group: each record becomes an exchange, and is accepted when the exchange has
 * completed or given back when it failed. So every record is processed at least once.
 *
 * <p>Records are begun one after the other on a thread of this consumer. Starting waits for the topic and the group, and
 * fails with the log's own sentence. When the topic is deleted, it waits for one of that name. Suspending lets what is in
 * flight finish; stopping gives back what is left.
 */
final class PolylogConsumer extends DefaultConsumer implements Suspendable, Topics.Listener {

    private static final Logger log = LoggerFactory.getLogger(PolylogConsumer.class);

    private final PolylogEndpoint endpoint;
    private final AdapterContext gateway;
    private final PolylogEndpoint.Input input;
    private final String group;
    private final ScheduledExecutorService timer;
    private final Meters.Counter delivered;
    private final Flows flows;
    private @Nullable Registration topicChanges;
    private @Nullable ExecutorService owner; // guarded by this
    private @Nullable UUID joined; // guarded by this: the topic of the present or the last membership
    private boolean lost; // guarded by this
    private volatile @Nullable Intake intake;

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
        this.flows = gateway.topicMeters().flows("routes");
        this.delivered = gateway.meters().counter("polylog_messages_out_total", "protocol", "routes");
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        Topic topic = endpoint.existingTopic();
        synchronized (this) {
            owner = endpoint.getCamelContext()
                    .getExecutorServiceManager()
                    .newSingleThreadExecutor(this, "polylog-from-" + endpoint.topic());
        }
        Answers.await(join(topic));
        topicChanges = gateway.topics().listen(this);
    }

    /** Any thread; never blocks. */
    private synchronized CompletionStage<Void> join(Topic topic) {
        ExecutorService thread = owner;
        if (thread == null) {
            return CompletableFuture.completedFuture(null);
        }
        lost = false;
        joined = topic.id();
        Intake made = new Intake(
                getRouteId(), input.maxInFlight(), input.redeliveryDelayMs(), thread, timer, this::process, this::lost);
        return gateway.shareGroups()
                .join(group, topic, input.startAt(), thread, made)
                .thenAccept(member -> open(made, member));
    }

    private synchronized void open(Intake made, ShareConsumer member) {
        if (owner == null) {
            member.close();
            return;
        }
        intake = made;
        if (isSuspendingOrSuspended()) {
            made.pause();
        }
        made.open(member);
    }

    private void lost(String reason) {
        log.atWarn()
                .addKeyValue("route", getRouteId())
                .addKeyValue("topic", endpoint.topic())
                .addKeyValue("reason", reason)
                .log("route has lost its input, and waits for the topic to be created again");
        synchronized (this) {
            lost = true;
        }
        gateway.topics().find(endpoint.topic()).ifPresent(this::changed);
    }

    @Override
    public void changed(Topic topic) {
        synchronized (this) {
            if (!lost || !topic.name().equals(endpoint.topic()) || topic.id().equals(joined)) {
                return;
            }
        }
        join(topic).whenComplete((done, failure) -> {
            if (failure != null) {
                lost(String.valueOf(failure.getMessage()));
            }
        });
    }

    @Override
    public void deleted(Topic topic) {
        // The share group says so, once what was delivered is settled.
    }

    @Override
    protected void doSuspend() throws Exception {
        Intake paused = intake;
        if (paused != null) {
            paused.pause();
        }
        super.doSuspend();
    }

    @Override
    protected void doResume() throws Exception {
        super.doResume();
        Intake resumed = intake;
        if (resumed != null) {
            resumed.resume();
        }
    }

    @Override
    protected void doStop() throws Exception {
        if (topicChanges != null) {
            topicChanges.close();
            topicChanges = null;
        }
        synchronized (this) {
            if (intake != null) {
                intake.close();
                intake = null;
            }
            if (owner != null) {
                endpoint.getCamelContext().getExecutorServiceManager().shutdown(owner);
                owner = null;
            }
        }
        super.doStop();
    }

    private void process(Acquired acquired, Intake.Completion completion) {
        delivered.add(1);
        flows.of(acquired.partition()).out(1, acquired.record().sizeInBytes());
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
