package io.polylog.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Topic;
import io.polylog.fake.FakeTopics;
import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The coordinator on a log that applies at once, and short ways to be its client. */
abstract class CoordinatorOnALog {

    static final Caller CALLER = new Caller("client", InetAddress.getLoopbackAddress(), (short) 9);

    final FakeTopics topics = new FakeTopics();
    final ApplyingLog log = new ApplyingLog();
    Topic orders;
    GroupCoordinator coordinator;

    @BeforeEach
    void start() {
        Topic offsets = topics.add(GroupCoordinator.TOPIC, 2);
        log.create(offsets);
        orders = topics.add("orders", 3);
        coordinator = coordinatorOn(log);
    }

    @AfterEach
    void stop() {
        coordinator.close();
        log.close();
    }

    GroupCoordinator coordinatorOn(ApplyingLog on) {
        return new EmbeddedGroupCoordinator(
                1,
                GroupSettings.DEFAULT,
                new OffsetsLog(
                        () -> CompletableFuture.completedStage(
                                topics.find(GroupCoordinator.TOPIC).orElseThrow()),
                        on,
                        on,
                        (id, producer, partition, implicitly) -> CompletableFuture.completedStage(null)),
                NoShares.on(topics, on),
                topics,
                EpochClock.system(),
                NanoClock.system());
    }

    static ConsumerGroupHeartbeatRequestData joining(String group, String topic) {
        return new ConsumerGroupHeartbeatRequestData()
                .setGroupId(group)
                .setMemberId(Uuid.randomUuid().toString())
                .setMemberEpoch(0)
                .setRebalanceTimeoutMs(5000)
                .setSubscribedTopicNames(List.of(topic))
                .setTopicPartitions(List.of());
    }

    static boolean notEmpty(ConsumerGroupHeartbeatResponseData.Assignment assignment) {
        return !assignment.topicPartitions().isEmpty();
    }

    Optional<ConsumerGroupHeartbeatResponseData.Assignment> nextHeartbeat(String memberId, AtomicInteger epoch) {
        ConsumerGroupHeartbeatResponseData answer = get(coordinator.consumerGroupHeartbeat(
                CALLER,
                new ConsumerGroupHeartbeatRequestData()
                        .setGroupId("next")
                        .setMemberId(memberId)
                        .setMemberEpoch(epoch.get())));
        assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.NONE);
        epoch.set(answer.memberEpoch());
        return Optional.ofNullable(answer.assignment()).filter(EmbeddedGroupCoordinatorTest::notEmpty);
    }

    JoinGroupResponseData join(String group) {
        JoinGroupResponseData first = get(coordinator.joinGroup(CALLER, joinRequest(group, "")));
        assertThat(Errors.forCode(first.errorCode())).isEqualTo(Errors.MEMBER_ID_REQUIRED);
        return get(coordinator.joinGroup(CALLER, joinRequest(group, first.memberId())));
    }

    static JoinGroupRequestData joinRequest(String group, String memberId) {
        JoinGroupRequestData request = new JoinGroupRequestData()
                .setGroupId(group)
                .setMemberId(memberId)
                .setProtocolType("consumer")
                .setSessionTimeoutMs(10_000)
                .setRebalanceTimeoutMs(30_000);
        request.protocols().add(new JoinGroupRequestProtocol().setName("range").setMetadata(new byte[0]));
        return request;
    }

    byte[] sync(String group, JoinGroupResponseData joined) {
        return get(coordinator.syncGroup(
                        CALLER,
                        new SyncGroupRequestData()
                                .setGroupId(group)
                                .setMemberId(joined.memberId())
                                .setGenerationId(joined.generationId())
                                .setProtocolType("consumer")
                                .setProtocolName("range")
                                .setAssignments(List.of(new SyncGroupRequestData.SyncGroupRequestAssignment()
                                        .setMemberId(joined.memberId())
                                        .setAssignment(new byte[] {7, 7})))))
                .assignment();
    }

    Errors heartbeat(String group, JoinGroupResponseData joined) {
        return Errors.forCode(get(coordinator.heartbeat(
                        CALLER,
                        new HeartbeatRequestData()
                                .setGroupId(group)
                                .setMemberId(joined.memberId())
                                .setGenerationId(joined.generationId())))
                .errorCode());
    }

    Errors commit(String group, int partition, long offset) {
        return get(commitLater(group, partition, offset));
    }

    CompletionStage<Errors> commitLater(String group, int partition, long offset) {
        return coordinator
                .offsetCommit(
                        CALLER,
                        new OffsetCommitRequestData()
                                .setGroupId(group)
                                .setGenerationIdOrMemberEpoch(-1)
                                .setTopics(List.of(new OffsetCommitRequestData.OffsetCommitRequestTopic()
                                        .setName("orders")
                                        .setTopicId(ordersId())
                                        .setPartitions(
                                                List.of(new OffsetCommitRequestData.OffsetCommitRequestPartition()
                                                        .setPartitionIndex(partition)
                                                        .setCommittedOffset(offset))))))
                .thenApply(answer -> Errors.forCode(
                        answer.topics().get(0).partitions().get(0).errorCode()));
    }

    /** The offset committed, -1 if none, -2 if the group could not be asked just now. */
    long committed(String group, int partition) {
        var answer = get(coordinator.offsetFetch(
                        CALLER,
                        List.of(new OffsetFetchRequestGroup()
                                .setGroupId(group)
                                .setTopics(List.of(new OffsetFetchRequestTopics()
                                        .setName("orders")
                                        .setPartitionIndexes(List.of(partition))))),
                        true))
                .get(0);
        return answer.errorCode() != 0
                ? -2
                : answer.topics().get(0).partitions().get(0).committedOffset();
    }

    Uuid ordersId() {
        return new Uuid(orders.id().getMostSignificantBits(), orders.id().getLeastSignificantBits());
    }

    static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }
}
