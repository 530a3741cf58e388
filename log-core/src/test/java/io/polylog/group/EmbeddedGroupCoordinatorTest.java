package io.polylog.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.fake.FakeTopics;
import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EmbeddedGroupCoordinatorTest {

    private static final Caller CALLER = new Caller("client", InetAddress.getLoopbackAddress(), (short) 9);

    private final FakeTopics topics = new FakeTopics();
    private final ApplyingLog log = new ApplyingLog();
    private Topic orders;
    private GroupCoordinator coordinator;

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

    @Test
    void classicMemberJoinsSyncsHeartbeatsAndLeaves() {
        JoinGroupResponseData joined = join("classic");
        assertThat(joined.errorCode()).isZero();
        assertThat(joined.leader()).isEqualTo(joined.memberId());
        assertThat(joined.generationId()).isEqualTo(1);

        assertThat(sync("classic", joined)).containsExactly(7, 7);
        assertThat(heartbeat("classic", joined)).isEqualTo(Errors.NONE);
        var described = get(coordinator.describeGroups(CALLER, List.of("classic")));
        assertThat(described.get(0).groupState()).isEqualTo("Stable");
        assertThat(described.get(0).members().get(0).clientHost()).contains("127.0.0.1");

        var left = get(coordinator.leaveGroup(
                CALLER,
                new LeaveGroupRequestData()
                        .setGroupId("classic")
                        .setMembers(
                                List.of(new LeaveGroupRequestData.MemberIdentity().setMemberId(joined.memberId())))));
        assertThat(left.errorCode()).isZero();
        assertThat(heartbeat("classic", joined)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void joinBeforeVersionFourNeedsNoMemberIdFirst() {
        Caller old = new Caller("old", InetAddress.getLoopbackAddress(), (short) 1);
        assertThat(get(coordinator.joinGroup(old, joinRequest("old", ""))).errorCode())
                .isZero();
    }

    @Test
    void nextProtocolMemberIsAssignedAllPartitions() {
        String memberId = Uuid.randomUuid().toString();
        ConsumerGroupHeartbeatResponseData answer = get(coordinator.consumerGroupHeartbeat(
                CALLER, joining("next", "orders").setMemberId(memberId)));

        assertThat(answer.errorMessage()).isNull();
        AtomicInteger epoch = new AtomicInteger(answer.memberEpoch());
        Optional<ConsumerGroupHeartbeatResponseData.Assignment> first = Optional.ofNullable(answer.assignment());
        var assigned = await().until(
                        () -> first.filter(EmbeddedGroupCoordinatorTest::notEmpty)
                                .or(() -> nextHeartbeat(memberId, epoch)),
                        Optional::isPresent)
                .orElseThrow();
        assertThat(assigned.topicPartitions()).hasSize(1);
        assertThat(assigned.topicPartitions().get(0).topicId()).isEqualTo(ordersId());
        assertThat(assigned.topicPartitions().get(0).partitions()).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(get(coordinator.consumerGroupDescribe(CALLER, List.of("next")))
                        .get(0)
                        .members())
                .hasSize(1);
    }

    @Test
    void nextProtocolMemberHearsOfATopicCreatedLater() {
        String memberId = Uuid.randomUuid().toString();
        ConsumerGroupHeartbeatRequestData joining = joining("next", "later").setMemberId(memberId);
        AtomicInteger epoch = new AtomicInteger(
                get(coordinator.consumerGroupHeartbeat(CALLER, joining)).memberEpoch());

        topics.add("later", 5);

        var assigned = await().until(() -> nextHeartbeat(memberId, epoch), Optional::isPresent)
                .orElseThrow();
        assertThat(assigned.topicPartitions().get(0).partitions()).hasSize(5);
    }

    @Test
    void answersCommittedOffsets() {
        assertThat(commit("readers", 1, 42)).isEqualTo(Errors.NONE);

        assertThat(committed("readers", 1)).isEqualTo(42);
        assertThat(committed("readers", 0)).isEqualTo(-1);
        var groups = get(coordinator.offsetFetch(
                CALLER,
                List.of(
                        new OffsetFetchRequestGroup().setGroupId("readers").setTopics(null),
                        new OffsetFetchRequestGroup().setGroupId("nobody").setTopics(null)),
                true));
        assertThat(groups).extracting(group -> group.groupId()).containsExactly("readers", "nobody");
        assertThat(groups.get(0).topics()).hasSize(1);
        assertThat(groups.get(1).topics()).isEmpty();
    }

    @Test
    void callsMadeWhileItStartsKeepTheirOrder() {
        List<CompletionStage<Errors>> commits = IntStream.range(0, 5000)
                .mapToObj(offset -> commitLater("readers", 0, offset))
                .toList();
        commits.forEach(committed -> assertThat(get(committed)).isEqualTo(Errors.NONE));
        assertThat(committed("readers", 0)).isEqualTo(4999);
    }

    @Test
    void concurrentCommitsShareAppends() {
        commit("warm", 0, 1);
        int before = log.appends();
        List<CompletionStage<Errors>> commits = IntStream.range(0, 2000)
                .mapToObj(offset -> commitLater("group-" + offset % 50, offset % 3, offset))
                .toList();
        commits.forEach(committed -> assertThat(get(committed)).isEqualTo(Errors.NONE));
        assertThat(log.appends() - before).isLessThan(1000);
    }

    @Test
    void offsetsAndGroupsSurviveARestart() {
        JoinGroupResponseData joined = join("classic");
        sync("classic", joined);
        commit("readers", 0, 5);
        commit("readers", 0, 6);
        coordinator.close();

        coordinator = coordinatorOn(log);

        assertThat(committed("readers", 0)).isEqualTo(6);
        assertThat(heartbeat("classic", joined)).isEqualTo(Errors.NONE);
        assertThat(get(coordinator.listGroups(CALLER, new ListGroupsRequestData()))
                        .groups())
                .extracting(group -> group.groupId())
                .containsExactlyInAnyOrder("classic", "readers");
    }

    @Test
    void refusedAppendIsRetriableAndLeavesWhatWasDurable() {
        commit("readers", 0, 5);
        log.refuseAppends(1);

        assertThat(commit("readers", 0, 6)).isEqualTo(Errors.NOT_COORDINATOR);

        await().untilAsserted(() -> assertThat(committed("readers", 0)).isEqualTo(5));
        await().untilAsserted(() -> assertThat(commit("readers", 0, 7)).isEqualTo(Errors.NONE));
        assertThat(committed("readers", 0)).isEqualTo(7);
    }

    @Test
    void refusalsAtAnyMomentLoseNoAcknowledgedCommit() {
        long seed = Long.getLong("polylog.test.seed", System.nanoTime());
        Random random = new Random(seed);
        Map<String, Long> acknowledged = new HashMap<>();
        Map<String, Long> sent = new HashMap<>();
        for (int burst = 0; burst < 60; burst++) {
            log.refuseAppends(random.nextInt(3) == 0 ? 1 : 0);
            Map<CompletionStage<Errors>, String> commits = new LinkedHashMap<>();
            Map<String, Long> offsets = new HashMap<>();
            for (int i = 0; i < 20; i++) {
                String group = "group-" + random.nextInt(5);
                long offset = sent.merge(group, 1L, Long::sum);
                offsets.put(group, offset);
                commits.put(commitLater(group, 0, offset), group);
                if (random.nextInt(4) == 0) {
                    // Membership records depend on one another: a hole among them would show when they are replayed.
                    coordinator.consumerGroupHeartbeat(CALLER, joining("members-" + random.nextInt(3), "orders"));
                }
            }
            Map<String, Boolean> last = new HashMap<>();
            commits.forEach((commit, group) -> last.put(group, get(commit) == Errors.NONE));
            last.forEach((group, durable) -> {
                if (durable) {
                    acknowledged.put(group, offsets.get(group));
                }
            });
        }
        log.refuseAppends(0);
        coordinator.close();
        coordinator = coordinatorOn(log);

        acknowledged.forEach((group, offset) -> assertThat(committed(group, 0))
                .as("%s with seed %d", group, seed)
                .isBetween(offset, sent.get(group)));
    }

    @Test
    void laterTopicOfTheSameNameHasNoOffsets() {
        topics.add("other", 1);
        commit("readers", 0, 5);
        coordinator.close();
        topics.remove("orders");
        topics.add("another", 1);
        orders = topics.add("orders", 3);

        coordinator = coordinatorOn(log);

        assertThat(committed("readers", 0)).isEqualTo(-1);
    }

    @Test
    void partitionThatCouldNotBeReadIsTriedAgain() {
        commit("readers", 0, 5);
        log.refuseReads(1);
        log.refuseAppends(1);
        commit("readers", 0, 6);

        await().untilAsserted(() -> assertThat(committed("readers", 0)).isEqualTo(5));
    }

    @Test
    void deletedTopicLosesItsOffsets() {
        topics.add("other", 1);
        commit("readers", 0, 5);

        topics.remove("orders");

        await().untilAsserted(() -> assertThat(committed("readers", 0)).isEqualTo(-1));
    }

    @Test
    void deletesOffsetsAndGroups() {
        commit("readers", 0, 5);
        commit("readers", 1, 6);
        var topics = new OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection();
        topics.add(new OffsetDeleteRequestData.OffsetDeleteRequestTopic()
                .setName("orders")
                .setPartitions(
                        List.of(new OffsetDeleteRequestData.OffsetDeleteRequestPartition().setPartitionIndex(0))));
        get(coordinator.offsetDelete(
                CALLER, new OffsetDeleteRequestData().setGroupId("readers").setTopics(topics)));
        assertThat(committed("readers", 0)).isEqualTo(-1);
        assertThat(committed("readers", 1)).isEqualTo(6);

        var deleted = get(coordinator.deleteGroups(CALLER, List.of("readers")));
        assertThat(deleted.find("readers").errorCode()).isZero();
        assertThat(committed("readers", 1)).isEqualTo(-1);
    }

    @Test
    void groupBelongsToThePartitionThatHoldsItsRecords() {
        commit("readers", 0, 5);
        int home = coordinator.partitionFor("readers");
        Topic offsets = topics.find(GroupCoordinator.TOPIC).orElseThrow();
        assertThat(log.offsets(offsets.partition(home)).highWatermark()).isPositive();
        assertThat(log.offsets(offsets.partition(1 - home)).highWatermark()).isZero();
    }

    @Test
    void failedStartIsTriedAgainByTheNextRequest() {
        AtomicInteger calls = new AtomicInteger();
        GroupCoordinator retried = new EmbeddedGroupCoordinator(
                1,
                GroupSettings.DEFAULT,
                new OffsetsLog(
                        () -> calls.incrementAndGet() == 1
                                ? CompletableFuture.failedStage(new RefusedException(Refusal.OVERLOADED, "not now"))
                                : CompletableFuture.completedStage(
                                        topics.find(GroupCoordinator.TOPIC).orElseThrow()),
                        log,
                        log,
                        (id, producer, partition, implicitly) -> CompletableFuture.completedStage(null)),
                NoShares.on(topics, log),
                topics,
                EpochClock.system(),
                NanoClock.system());
        try (retried) {
            assertThatThrownBy(() -> get(retried.listGroups(CALLER, new ListGroupsRequestData())))
                    .hasCauseInstanceOf(CoordinatorNotAvailableException.class);
            assertThat(get(retried.listGroups(CALLER, new ListGroupsRequestData()))
                            .errorCode())
                    .isZero();
        }
    }

    @Test
    void closedCoordinatorFailsEveryCall() {
        commit("readers", 0, 5);
        coordinator.close();
        assertThatThrownBy(() -> get(coordinator.listGroups(CALLER, new ListGroupsRequestData())))
                .hasCauseInstanceOf(CoordinatorNotAvailableException.class);
    }

    @Test
    void closeEndsItsThreads() {
        commit("readers", 0, 5);
        coordinator.close();
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("polylog-group") || name.startsWith("group-coordinator")));
    }

    private GroupCoordinator coordinatorOn(ApplyingLog on) {
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

    private static ConsumerGroupHeartbeatRequestData joining(String group, String topic) {
        return new ConsumerGroupHeartbeatRequestData()
                .setGroupId(group)
                .setMemberId(Uuid.randomUuid().toString())
                .setMemberEpoch(0)
                .setRebalanceTimeoutMs(5000)
                .setSubscribedTopicNames(List.of(topic))
                .setTopicPartitions(List.of());
    }

    private static boolean notEmpty(ConsumerGroupHeartbeatResponseData.Assignment assignment) {
        return !assignment.topicPartitions().isEmpty();
    }

    private Optional<ConsumerGroupHeartbeatResponseData.Assignment> nextHeartbeat(
            String memberId, AtomicInteger epoch) {
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

    private JoinGroupResponseData join(String group) {
        JoinGroupResponseData first = get(coordinator.joinGroup(CALLER, joinRequest(group, "")));
        assertThat(Errors.forCode(first.errorCode())).isEqualTo(Errors.MEMBER_ID_REQUIRED);
        return get(coordinator.joinGroup(CALLER, joinRequest(group, first.memberId())));
    }

    private static JoinGroupRequestData joinRequest(String group, String memberId) {
        JoinGroupRequestData request = new JoinGroupRequestData()
                .setGroupId(group)
                .setMemberId(memberId)
                .setProtocolType("consumer")
                .setSessionTimeoutMs(10_000)
                .setRebalanceTimeoutMs(30_000);
        request.protocols().add(new JoinGroupRequestProtocol().setName("range").setMetadata(new byte[0]));
        return request;
    }

    private byte[] sync(String group, JoinGroupResponseData joined) {
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

    private Errors heartbeat(String group, JoinGroupResponseData joined) {
        return Errors.forCode(get(coordinator.heartbeat(
                        CALLER,
                        new HeartbeatRequestData()
                                .setGroupId(group)
                                .setMemberId(joined.memberId())
                                .setGenerationId(joined.generationId())))
                .errorCode());
    }

    private Errors commit(String group, int partition, long offset) {
        return get(commitLater(group, partition, offset));
    }

    private CompletionStage<Errors> commitLater(String group, int partition, long offset) {
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
    private long committed(String group, int partition) {
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

    private Uuid ordersId() {
        return new Uuid(orders.id().getMostSignificantBits(), orders.id().getLeastSignificantBits());
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }
}
