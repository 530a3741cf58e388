package io.polylog.spi;

import io.polylog.broker.Appender;
import io.polylog.broker.BrokerSettings;
import io.polylog.broker.ClientMetricsSettings;
import io.polylog.broker.Fetcher;
import io.polylog.broker.ProducerIds;
import io.polylog.broker.Publisher;
import io.polylog.broker.Topics;
import io.polylog.dispatch.Dispatcher;
import io.polylog.group.GroupCoordinator;
import io.polylog.metric.Meters;
import io.polylog.metric.TopicMeters;
import io.polylog.schedule.Schedules;
import io.polylog.security.Security;
import io.polylog.session.RetainedStore;
import io.polylog.session.SessionStore;
import io.polylog.share.ShareGroups;
import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import io.polylog.time.Scheduler;
import io.polylog.txn.TransactionCoordinator;
import java.util.UUID;

/**
 * Everything an adapter may use of the gateway. All ports may be called from any thread and never block.
 *
 * @param clusterId stable id of this gateway or cluster
 * @param nodeId this process within it, from 0
 * @param clientMetrics which metrics clients are asked for
 * @param meters where to count; also a {@link io.polylog.metric.MeterExposition} if somebody collects them
 * @param topicMeters where to count what goes in and out of topics
 * @param readiness whether the gateway takes work
 * @param reports what parts of the gateway say about themselves
 * @param logLevels how much is logged, to see and to change
 * @param peerClock the date by clients' own clocks: what the times that they give are measured by
 * @param scheduler its tasks hand over and return at once
 */
public record AdapterContext(
        UUID clusterId,
        int nodeId,
        BrokerSettings brokerSettings,
        ClientMetricsSettings clientMetrics,
        Topics topics,
        Appender appender,
        Publisher publisher,
        Fetcher fetcher,
        Dispatcher dispatcher,
        ShareGroups shareGroups,
        SessionStore sessions,
        RetainedStore retained,
        Schedules schedules,
        ProducerIds producerIds,
        GroupCoordinator groupCoordinator,
        TransactionCoordinator transactions,
        Security security,
        Meters meters,
        TopicMeters topicMeters,
        Readiness readiness,
        Reports reports,
        LogLevels logLevels,
        EpochClock epochClock,
        EpochClock peerClock,
        NanoClock nanoClock,
        Scheduler scheduler) {}
