package io.polylog.node;

import io.polylog.broker.BrokerSetting;
import io.polylog.broker.Fetcher;
import io.polylog.broker.KnownBrokerSettings;
import io.polylog.broker.ProducerIds;
import io.polylog.broker.Topic;
import io.polylog.broker.Topics;
import io.polylog.config.Settings;
import io.polylog.dispatch.DispatchLimits;
import io.polylog.dispatch.LogDispatcher;
import io.polylog.engine.EngineSettings;
import io.polylog.engine.FailureListener;
import io.polylog.engine.LocalEngine;
import io.polylog.engine.ReplicaGroup;
import io.polylog.engine.Transfers;
import io.polylog.group.EmbeddedGroupCoordinator;
import io.polylog.group.GroupConfigs;
import io.polylog.group.GroupCoordinator;
import io.polylog.group.GroupSettings;
import io.polylog.group.OffsetsLog;
import io.polylog.group.ShareStates;
import io.polylog.metric.Meters;
import io.polylog.metric.TopicMeters;
import io.polylog.record.TopicPartition;
import io.polylog.security.Security;
import io.polylog.share.LedgerGroups;
import io.polylog.share.Ledgers;
import io.polylog.share.ShareLimits;
import io.polylog.share.SharePorts;
import io.polylog.spi.AdapterContext;
import io.polylog.spi.Readiness;
import io.polylog.spi.Reports;
import io.polylog.txn.Producer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The log of one process, open and ready for its doors.
 *
 * <p>Made by {@link #open}, which recovers what the data directory holds; closed once, after the last door.
 */
public final class LogNode implements AutoCloseable {

    /** A gateway that is alone is node 0. */
    private static final int NODE_ID = 0;

    private final DataDirectory directory;
    private final LocalEngine engine;
    private final WorkerPool workers;
    private final DurableBrokerSettings brokerSettings;
    private final DurableClientMetrics clientMetrics;
    private final TopicCatalog topics;
    private final PartitionAppender appender;
    private final Fetcher fetcher;
    private final CoalescingPublisher publisher;
    private final LogDispatcher dispatcher;
    private final LedgerGroups shareGroups;
    private final DurableSessions sessions;
    private final RetainedMessages retained;
    private final DurableSchedules schedules;
    private final List<FiringTimer> firingTimers;
    private final RetentionTimer retention;
    private final Compactor compactor;
    private final ProducerIds producerIds;
    private final DurableTransactions transactions;
    private final GroupCoordinator groupCoordinator;
    private final Security security;
    private final Transfers transfers;
    private final TopicMeters topicMeters;
    private final Environment environment;
    private final Reports reports = new Reports();

    private LogNode(DataDirectory directory, LocalEngine engine, Settings settings, Environment environment) {
        this.directory = directory;
        this.engine = engine;
        this.environment = environment;
        Meters meters = environment.meters();
        this.workers = new WorkerPool(Runtime.getRuntime().availableProcessors());
        this.security = DurableSecurity.open(engine, settings);
        this.brokerSettings = new DurableBrokerSettings(engine, settings, NODE_ID);
        this.clientMetrics = new DurableClientMetrics(engine);
        this.topics = new TopicCatalog(
                engine,
                new TopicRules(settings.get(LogKeys.DEFAULT_PARTITIONS)),
                brokerSettings.forTopics(),
                settings.get(LogKeys.AUTO_CREATE_TOPICS),
                environment.topicIds());
        topics.recover();
        brokerSettings.followTopics(topics::changeDefaults);
        this.transfers = engine.transfers(environment.scheduler(), meters);
        transfers.start();
        this.topicMeters = new TopicMeters(
                meters,
                settings.get(LogKeys.METRICS_MAX_TOPICS),
                id -> topics.find(id).isPresent());
        topics.listen(new Topics.Listener() {
            @Override
            public void changed(Topic topic) {}

            @Override
            public void deleted(Topic topic) {
                topicMeters.forget(topic.id());
            }
        });
        this.schedules = new DurableSchedules(
                engine, topics, workers, environment.clock(), settings.get(LogKeys.SCHEDULE_MAX_DELAY_DAYS));
        this.appender = new PartitionAppender(engine, false, environment.nanoClock(), meters);
        this.fetcher = new PartitionFetcher(engine.partitions(), workers, () -> directory.look(environment.disk()));
        this.publisher = new CoalescingPublisher(topics, appender, schedules, workers);
        this.dispatcher = new LogDispatcher(fetcher, topics, workers, DispatchLimits.DEFAULT, meters);
        GroupConfigs groupConfigs = new GroupConfigs(
                engine.metadata()::propose,
                engine.groupConfigsAtOpen(),
                name -> KnownBrokerSettings.find(name)
                        .filter(BrokerSetting::changeable)
                        .flatMap(brokerSettings::value));
        SharePorts sharePorts = new SharePorts(
                partition -> engine.home(partition.topicId(), partition.partition()),
                dispatcher,
                fetcher,
                topics,
                environment.clock(),
                environment.nanoClock(),
                environment.scheduler(),
                meters,
                topicMeters,
                groupConfigs::share,
                this::claim);
        this.shareGroups = new LedgerGroups(sharePorts, ShareLimits.DEFAULT);
        groupConfigs.onChange(shareGroups::settingsChanged);
        this.sessions = new DurableSessions(engine, workers, environment.clock(), environment.alarms());
        this.retained = new RetainedMessages(engine, workers);
        this.producerIds = new ProducerIdBlocks(engine.metadata());
        GroupSettings groups = new GroupSettings(
                settings.get(LogKeys.GROUP_METADATA_PARTITIONS), GroupSettings.DEFAULT.initialRebalanceDelayMs());
        this.groupCoordinator = new EmbeddedGroupCoordinator(
                NODE_ID,
                groups,
                new OffsetsLog(
                        () -> topics.ensureInternal(groups.offsetsTopic()),
                        new PartitionAppender(engine, true, environment.nanoClock(), meters),
                        fetcher,
                        this::enter),
                new ShareStates(
                        new Ledgers(sharePorts, engine::ledgers, shareGroups::isInUse),
                        () -> engine.groups().stream()
                                .flatMap(group -> engine.ledgers(group.id()).ids()),
                        groupConfigs),
                topics,
                environment.peerClock(),
                environment.nanoClock());
        this.transactions = new DurableTransactions(
                engine,
                producerIds,
                groupCoordinator,
                environment.clock(),
                environment.alarms(),
                environment.scheduler());
        transactions.start();
        new GroupGauges(
                engine, topics, groupCoordinator, shareGroups, settings.get(LogKeys.METRICS_MAX_TOPICS), meters);
        this.firingTimers = engine.groups().stream().map(this::firingTimer).toList();
        firingTimers.forEach(FiringTimer::start);
        meters.gauge("polylog_schedules_waiting", schedules::count);
        this.retention = new RetentionTimer(
                engine,
                topics,
                workers,
                environment.clock(),
                environment.scheduler(),
                settings.get(LogKeys.RETENTION_CHECK_INTERVAL_MS),
                meters);
        retention.start();
        this.compactor = new Compactor(
                engine, topics, environment, new CompactionLimits(brokerSettings, settings.get(LogKeys.SEGMENT_BYTES)));
        compactor.start();
    }

    /** Asked by the coordinator of groups, which is there first and is asked later. */
    private CompletionStage<?> enter(
            String transactionalId, Producer producer, TopicPartition partition, boolean implicitly) {
        return transactions.enter(transactionalId, producer, partition, implicitly);
    }

    /** As {@link #enter}, by share groups. */
    private CompletionStage<?> claim(String groupId) {
        return groupCoordinator.shares().claim(groupId);
    }

    private FiringTimer firingTimer(ReplicaGroup group) {
        return new FiringTimer(
                group,
                engine.schedules(group.id()),
                engine.scheduleReader(group.id()),
                workers,
                environment.clock(),
                environment.alarms(),
                environment.meters());
    }

    /**
     * Opens the data directory and recovers what it holds.
     *
     * @param environment its scheduler belongs to the node from now on, unless opening fails
     * @param onFailure told when durable state can no longer be trusted; the process must then end
     * @throws DataDirectoryException if the directory cannot be used, with a sentence for the user
     * @throws io.polylog.engine.CorruptDataException if durable bytes have changed
     */
    public static LogNode open(Settings settings, Environment environment, FailureListener onFailure)
            throws IOException {
        Path path = Path.of(settings.get(LogKeys.DATA_DIR));
        DataDirectory directory = DataDirectory.open(path, settings.get(LogKeys.DATA_GROUPS), environment.disk());
        try {
            EngineSettings engineSettings = new EngineSettings(
                    path,
                    directory.dataGroups(),
                    settings.get(LogKeys.DURABILITY),
                    settings.get(LogKeys.SEGMENT_BYTES),
                    settings.get(LogKeys.CHECKPOINT_BYTES),
                    settings.get(LogKeys.CHECKPOINT_INTERVAL_MS),
                    settings.get(LogKeys.DISK_RESERVE_BYTES),
                    mostOpenFiles(settings));
            LocalEngine engine = LocalEngine.open(
                    engineSettings,
                    environment.disk(),
                    environment.clock(),
                    environment.nanoClock(),
                    environment.meters(),
                    onFailure);
            try {
                return new LogNode(directory, engine, settings, environment);
            } catch (RuntimeException failure) {
                engine.close();
                throw failure;
            }
        } catch (IOException | RuntimeException failure) {
            directory.close();
            throw failure;
        }
    }

    private static int mostOpenFiles(Settings settings) {
        int wanted = settings.get(LogKeys.MAX_OPEN_SEGMENTS);
        return wanted > 0 ? Math.max(4, wanted) : OpenFileLimit.logFiles();
    }

    /**
     * Takes a checkpoint now, as happens by itself from time to time. Blocks until the disk is done.
     *
     * @return whether it worked
     */
    public boolean checkpoint() {
        return engine.checkpoint();
    }

    /** Lets go now what topics keep no longer, as happens by itself from time to time. Blocks until it is gone. */
    public void expire() {
        retention.lookNow().toCompletableFuture().join();
    }

    /** Compacts now what is to be compacted, as happens by itself from time to time. Blocks until it is. */
    public void compact() {
        compactor.compactNow().toCompletableFuture().join();
    }

    /** The ports for this node's adapters. */
    public AdapterContext context(Readiness readiness) {
        readiness.follow(engine::writes);
        return new AdapterContext(
                directory.clusterId(),
                NODE_ID,
                brokerSettings,
                clientMetrics,
                topics,
                appender,
                publisher,
                fetcher,
                dispatcher,
                shareGroups,
                sessions,
                retained,
                schedules,
                producerIds,
                groupCoordinator,
                transactions,
                security,
                environment.meters(),
                topicMeters,
                readiness,
                reports,
                environment.logLevels(),
                environment.clock(),
                environment.peerClock(),
                environment.nanoClock(),
                environment.scheduler());
    }

    /** Commits what was accepted, then closes every file and gives the directory back. */
    @Override
    public void close() throws IOException {
        try {
            retention.close();
            compactor.close();
            firingTimers.forEach(FiringTimer::close);
            transactions.close();
            sessions.close();
            shareGroups.close();
            groupCoordinator.close();
            dispatcher.close();
            publisher.close();
            workers.close();
            transfers.close();
            engine.close();
        } finally {
            environment.scheduler().close();
            directory.close();
        }
    }
}
