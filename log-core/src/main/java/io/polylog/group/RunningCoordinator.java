package io.polylog.group;

import com.yammer.metrics.core.MetricsRegistry;
import io.polylog.broker.Registration;
import io.polylog.broker.Topic;
import io.polylog.broker.Topics;
import io.polylog.record.TopicPartition;
import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.internals.Plugin;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.coordinator.group.GroupConfigManager;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.group.GroupCoordinatorService;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorMetrics;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka's coordinator service with the gateway's log, clocks and topics under it, leading every partition of the offsets
 * topic.
 *
 * <p>Threads: one of Kafka's for events, one for assignments (it starts with the first group that needs it), one timer;
 * and the worker it is given, which loads partitions and follows the topics. A partition whose append was refused is
 * unloaded and read back at once; one that could not be read is tried again when a request comes, not more often than
 * every {@value #RELOAD_PAUSE_MS} ms. Meanwhile requests for its groups are answered with retriable errors.
 */
final class RunningCoordinator implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RunningCoordinator.class);

    private static final long RELOAD_PAUSE_MS = 1000;

    /** In {@link #failedAt}: the partition was not refused its load. */
    private static final long NOT_FAILED = Long.MIN_VALUE;

    private final Topics topics;
    private final NanoClock nanoClock;
    private final Executor worker;
    private final List<OffsetsPartition> partitions;
    private final List<CompletableFuture<@Nullable Void>> firstLoads;
    private final AtomicLongArray failedAt;
    private final AtomicInteger epoch = new AtomicInteger();
    private final AtomicBoolean refreshPending = new AtomicBoolean();
    private final TopicsImage image;
    private final Metrics metrics = new Metrics();
    private final CoordinatorTimer timer;
    private final GroupCoordinatorService service;
    private @Nullable Registration registration;

    /** Builds everything, which takes a few hundred milliseconds the first time. {@link #start} or {@link #close} follows. */
    RunningCoordinator(
            int nodeId,
            GroupSettings settings,
            OffsetsLog log,
            ShareStates shareStates,
            Topic topic,
            Topics topics,
            EpochClock clock,
            NanoClock nanoClock,
            Executor worker) {
        this.topics = topics;
        this.nanoClock = nanoClock;
        this.worker = worker;
        this.partitions = new ArrayList<>();
        for (TopicPartition partition : Topics.partitions(topic)) {
            partitions.add(new OffsetsPartition(partition, log.appender(), this::reload));
        }
        this.firstLoads = partitions.stream()
                .map(partition -> new CompletableFuture<@Nullable Void>())
                .toList();
        this.failedAt = new AtomicLongArray(partitions.size());
        this.image = new TopicsImage(nodeId);
        CoordinatorConfig config = new CoordinatorConfig(
                settings, partitions.size(), shareStates.configs().ofBroker());
        GroupCoordinatorConfig groupConfig = new GroupCoordinatorConfig(config);
        this.timer = new CoordinatorTimer(nanoClock);
        this.service = new GroupCoordinatorService.Builder(nodeId, groupConfig)
                .withWriter(new OffsetsWriter(partitions, log.gate(), this::active))
                .withLoader(new OffsetsLoader(partitions, log.fetcher(), clock, worker, this::loadFailed))
                .withTime(new CoordinatorTime(clock, nanoClock))
                .withTimer(timer)
                .withCoordinatorRuntimeMetrics(new SilentMetrics())
                .withGroupCoordinatorMetrics(new GroupCoordinatorMetrics(new MetricsRegistry(), metrics))
                .withGroupConfigManager(new GroupConfigManager(groupConfig, new ShareGroupConfig(config)))
                .withPersister(new LedgerPersister(shareStates.ledgers(), shareStates.configs()::share, clock))
                .withAuthorizerPlugin(
                        Optional.of(Plugin.wrapInstance(new SightAuthorizer(), metrics, "authorizer.class.name")))
                .withPartitionMetadataClient(new LogEnds(topics, log.fetcher()))
                .build();
    }

    /** Starts the threads and begins to load; on the worker, once. */
    void start() {
        timer.start();
        service.startup(partitions::size);
        registration = topics.listen(new TopicListener());
        refreshTopics();
        for (OffsetsPartition partition : partitions) {
            failedAt.set(partition.index(), NOT_FAILED);
            service.onElection(partition.index(), epoch.incrementAndGet());
        }
    }

    /** Completes when every partition has been loaded, or could not be. */
    CompletableFuture<@Nullable Void> ready() {
        return CompletableFuture.allOf(firstLoads.toArray(new CompletableFuture<?>[0]));
    }

    /** The service, after partitions that failed to load were given another chance. */
    GroupCoordinatorService service() {
        long now = nanoClock.nanoTime();
        for (int partition = 0; partition < failedAt.length(); partition++) {
            long failed = failedAt.get(partition);
            if (failed != NOT_FAILED
                    && now - failed > TimeUnit.MILLISECONDS.toNanos(RELOAD_PAUSE_MS)
                    && failedAt.compareAndSet(partition, failed, NOT_FAILED)) {
                service.onElection(partition, epoch.incrementAndGet());
            }
        }
        return service;
    }

    private void active(int partition) {
        firstLoads.get(partition).complete(null);
    }

    private void loadFailed(Throwable failure, int partition) {
        LOG.atError()
                .addKeyValue("partition", partitions.get(partition).partition())
                .setCause(failure)
                .log("groups could not be read back; requests for them are refused until they can be");
        long now = nanoClock.nanoTime();
        failedAt.set(partition, now == NOT_FAILED ? now + 1 : now);
        firstLoads.get(partition).complete(null);
    }

    private void reload(OffsetsPartition partition, Throwable reason) {
        LOG.atWarn()
                .addKeyValue("partition", partition.partition())
                .addKeyValue("reason", reason.toString())
                .log("group records were not appended; the groups are read back from the log");
        try {
            service.onResignation(partition.index(), OptionalInt.empty());
            service.onElection(partition.index(), epoch.incrementAndGet());
        } catch (ApiException closing) {
            LOG.atDebug().addKeyValue("partition", partition.partition()).log("not read back: closing");
        }
    }

    private void refreshTopics() {
        refreshPending.set(false);
        try {
            image.refresh(topics.all()).ifPresent(update -> service.onMetadataUpdate(update.delta(), update.image()));
        } catch (ApiException closing) {
            LOG.atDebug().log("topics not followed: closing");
        }
    }

    /** Fails what waits with a retriable error, and joins the threads. */
    @Override
    public void close() {
        Registration listening = registration;
        if (listening != null) {
            listening.close();
        }
        service.shutdown();
        metrics.close();
        firstLoads.forEach(load -> load.complete(null));
    }

    /** Any number of changes before the worker comes to look are one look. */
    private final class TopicListener implements Topics.Listener {
        @Override
        public void changed(Topic topic) {
            look();
        }

        @Override
        public void deleted(Topic topic) {
            look();
        }

        private void look() {
            if (refreshPending.compareAndSet(false, true)) {
                worker.execute(RunningCoordinator.this::refreshTopics);
            }
        }
    }
}
