package io.polylog.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.polylog.broker.Topic;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EmbeddedGroupCoordinatorTest extends CoordinatorOnALog {

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
}
