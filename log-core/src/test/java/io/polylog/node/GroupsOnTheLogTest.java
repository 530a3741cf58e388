package io.polylog.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Topic;
import io.polylog.broker.TopicSpec;
import io.polylog.config.Settings;
import io.polylog.group.Caller;
import io.polylog.group.GroupCoordinator;
import io.polylog.metric.Meters;
import io.polylog.spi.AdapterContext;
import io.polylog.spi.Readiness;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The group coordinator over the real log: its topic, its appends, and reading them back. */
class GroupsOnTheLogTest {

    private static final Caller CALLER = new Caller("client", InetAddress.getLoopbackAddress(), (short) 9);

    @TempDir
    Path directory;

    private LogNode node;
    private Topic orders;

    @BeforeEach
    void open() throws IOException {
        node = openNode();
        orders = get(ports().topics().create(new TopicSpec("orders", 3, Map.of())));
    }

    @AfterEach
    void close() throws IOException {
        node.close();
    }

    @Test
    void createsItsTopicOnTheFirstRequestOnly() {
        assertThat(ports().topics().find(GroupCoordinator.TOPIC)).isEmpty();

        commit("readers", 1);

        Topic offsets = ports().topics().find(GroupCoordinator.TOPIC).orElseThrow();
        assertThat(offsets.partitionCount()).isEqualTo(4);
        assertThat(offsets.config()).containsEntry("cleanup.policy", "compact");
    }

    @Test
    void committedOffsetsSurviveARestart() throws IOException {
        List<CompletionStage<OffsetCommitResponseData>> commits = IntStream.range(0, 500)
                .mapToObj(i -> commitLater("group-" + i % 10, i))
                .toList();
        commits.forEach(commit -> assertThat(
                        get(commit).topics().get(0).partitions().get(0).errorCode())
                .isZero());

        node.close();
        node = openNode();

        for (int group = 0; group < 10; group++) {
            assertThat(committed("group-" + group)).isEqualTo(490 + group);
        }
    }

    @Test
    void deletedTopicLosesItsOffsetsEvenIfNoGroupRequestWasMadeSince() throws IOException {
        commit("readers", 7);
        node.close();
        node = openNode();

        get(ports().topics().delete("orders"));
        orders = get(ports().topics().create(new TopicSpec("orders", 3, Map.of())));

        assertThat(committed("readers")).isEqualTo(-1);
    }

    private void commit(String group, long offset) {
        assertThat(get(commitLater(group, offset))
                        .topics()
                        .get(0)
                        .partitions()
                        .get(0)
                        .errorCode())
                .isZero();
    }

    private CompletionStage<OffsetCommitResponseData> commitLater(String group, long offset) {
        var id = new org.apache.kafka.common.Uuid(
                orders.id().getMostSignificantBits(), orders.id().getLeastSignificantBits());
        return ports().groupCoordinator()
                .offsetCommit(
                        CALLER,
                        new OffsetCommitRequestData()
                                .setGroupId(group)
                                .setGenerationIdOrMemberEpoch(-1)
                                .setTopics(List.of(new OffsetCommitRequestTopic()
                                        .setName("orders")
                                        .setTopicId(id)
                                        .setPartitions(List.of(new OffsetCommitRequestPartition()
                                                .setPartitionIndex(0)
                                                .setCommittedOffset(offset))))));
    }

    private long committed(String group) {
        return get(ports().groupCoordinator()
                        .offsetFetch(
                                CALLER,
                                List.of(new OffsetFetchRequestGroup()
                                        .setGroupId(group)
                                        .setTopics(List.of(new OffsetFetchRequestTopics()
                                                .setName("orders")
                                                .setPartitionIndexes(List.of(0))))),
                                true))
                .get(0)
                .topics()
                .get(0)
                .partitions()
                .get(0)
                .committedOffset();
    }

    private AdapterContext ports() {
        return node.context(new Readiness());
    }

    private LogNode openNode() throws IOException {
        return LogNode.open(
                Settings.of(Map.of("data-dir", directory.toString())),
                Environment.system(Meters.none()),
                (what, cause) -> {
                    throw new AssertionError(what, cause);
                });
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }
}
