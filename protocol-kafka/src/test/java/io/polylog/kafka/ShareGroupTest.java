package io.polylog.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.testkit.TestGateway;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Stock share consumers (KIP-932). */
@Execution(ExecutionMode.CONCURRENT)
class ShareGroupTest {

    private static final String GROUP = "shared";

    @TempDir
    Path directory;

    private TestGateway gateway;
    private ShareClients clients;

    @BeforeEach
    void start() throws Exception {
        gateway = TestGateway.start(directory, new KafkaAdapterFactory());
        clients = new ShareClients("localhost:" + gateway.port("kafka"));
        clients.createTopic("t", 2);
    }

    @AfterEach
    void stop() throws Exception {
        clients.close();
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    @Test
    void consumersShareWhatComesAndEachRecordIsHandedOutOnce() throws Exception {
        ShareConsumer<String, String> one = clients.consumer(GROUP, Map.of());
        ShareConsumer<String, String> two = clients.consumer(GROUP, Map.of());
        clients.awaitSeated(GROUP, one, two);
        clients.produce("t", IntStream.range(0, 400).mapToObj(String::valueOf).toList());

        List<String> read = clients.readAll(400, one, two);
        one.commitSync();
        two.commitSync();

        assertThat(read).hasSize(400).doesNotHaveDuplicates();
    }

    @Test
    void releasedRecordComesAgainAndIsCountedUntilTheLimitTakesItAway() throws Exception {
        ShareConsumer<String, String> member = explicit();
        clients.produce("t", List.of("poison"));
        for (short count = 1; count <= 5; count++) {
            ConsumerRecord<String, String> record = ShareClients.poll(member).get(0);
            assertThat(record.deliveryCount()).contains(count);
            member.acknowledge(record, AcknowledgeType.RELEASE);
            assertThat(member.commitSync().values()).allMatch(Optional::isEmpty);
        }
        clients.produce("t", List.of("next"));
        ConsumerRecord<String, String> next = ShareClients.poll(member).get(0);
        assertThat(next.value()).isEqualTo("next");
        member.acknowledge(next);
        assertThat(clients.deadLetters("t.dlq", 1)).containsExactly("poison delivery_limit 5");
    }

    @Test
    void rejectedRecordIsADeadLetter() throws Exception {
        ShareConsumer<String, String> member = explicit();
        clients.produce("t", List.of("bad"));
        ConsumerRecord<String, String> record = ShareClients.poll(member).get(0);
        member.acknowledge(record, AcknowledgeType.REJECT);
        assertThat(member.commitSync().values()).allMatch(Optional::isEmpty);
        assertThat(clients.deadLetters("t.dlq", 1)).containsExactly("bad rejected 1");
    }

    @Test
    void renewedRecordIsStillHeldAndCanBeAccepted() throws Exception {
        ShareConsumer<String, String> member = explicit();
        clients.produce("t", List.of("slow"));
        ConsumerRecord<String, String> record = ShareClients.poll(member).get(0);
        member.acknowledge(record, AcknowledgeType.RENEW);
        assertThat(member.commitSync().values()).allMatch(Optional::isEmpty);
        ConsumerRecord<String, String> again = ShareClients.poll(member).get(0);
        assertThat(again.offset()).isEqualTo(record.offset());
        member.acknowledge(again, AcknowledgeType.ACCEPT);
        assertThat(member.commitSync().values()).allMatch(Optional::isEmpty);
        assertThat(member.acquisitionLockTimeoutMs()).contains(30_000);
    }

    @Test
    void memberThatIsGoneGivesBackWhatItHeld() throws Exception {
        ShareConsumer<String, String> gone = explicit();
        clients.produce("t", List.of("held"));
        assertThat(ShareClients.poll(gone)).hasSize(1);
        clients.kill(gone);
        ShareConsumer<String, String> heir = clients.consumer(GROUP, Map.of());
        ConsumerRecord<String, String> record = ShareClients.poll(heir).get(0);
        assertThat(record.value()).isEqualTo("held");
        assertThat(record.deliveryCount()).contains((short) 2);
    }

    @Test
    void groupsAreListedAndDeletedAsShareGroups() throws Exception {
        ShareConsumer<String, String> member = explicit();
        clients.produce("t", List.of("a", "b"));
        List<String> read = clients.readAll(1, member);
        assertThat(read).isNotEmpty();
        assertThat(clients.admin().listGroups().all().get())
                .extracting(listing -> listing.groupId() + " " + listing.type().orElseThrow())
                .containsExactly(GROUP + " " + GroupType.SHARE);
        assertThatThrownBy(() ->
                        clients.admin().deleteShareGroups(List.of(GROUP)).all().get())
                .hasCauseInstanceOf(GroupNotEmptyException.class);
        clients.close(member);
        clients.admin().deleteShareGroups(List.of(GROUP)).all().get();
        assertThat(clients.admin().listGroups().all().get()).isEmpty();
    }

    @Test
    void offsetsAreDescribedAlteredAndDeleted() throws Exception {
        ShareConsumer<String, String> member = clients.consumer(GROUP, Map.of());
        clients.awaitSeated(GROUP, member);
        clients.produce("t", IntStream.range(0, 40).mapToObj(String::valueOf).toList());
        assertThat(clients.readAll(40, member)).hasSize(40);
        member.commitSync();
        clients.close(member);
        assertThat(clients.lags(GROUP).values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isZero();

        Map<TopicPartition, Long> toStart = Map.of(new TopicPartition("t", 0), 0L, new TopicPartition("t", 1), 0L);
        clients.admin().alterShareGroupOffsets(GROUP, toStart).all().get();
        assertThat(clients.lags(GROUP).values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(40);
        ShareConsumer<String, String> again = clients.consumer(GROUP, Map.of());
        assertThat(clients.readAll(40, again)).hasSize(40).doesNotHaveDuplicates();
        clients.close(again);

        clients.admin().deleteShareGroupOffsets(GROUP, Set.of("t")).all().get();
        assertThat(clients.lags(GROUP)).isEmpty();
    }

    @Test
    void groupSettingsHoldAndOutliveARestart() throws Exception {
        clients.configureGroup(GROUP, "share.auto.offset.reset", "earliest");
        clients.configureGroup(GROUP, "share.delivery.count.limit", "2");
        clients.configureGroup(GROUP, "errors.deadletterqueue.topic.name", "dlq.mine");
        assertThatThrownBy(() -> clients.configureGroup(GROUP, "share.record.lock.duration.ms", "1"))
                .hasCauseInstanceOf(InvalidConfigurationException.class);
        restart();
        assertThat(clients.groupSettings(GROUP))
                .containsEntry("share.auto.offset.reset", "earliest")
                .containsEntry("share.record.lock.duration.ms", "30000");
        clients.produce("t", List.of("before"));
        ShareConsumer<String, String> member =
                clients.consumer(GROUP, Map.of("share.acknowledgement.mode", "explicit"));
        for (int times = 0; times < 2; times++) {
            ConsumerRecord<String, String> record = ShareClients.poll(member).get(0);
            member.acknowledge(record, AcknowledgeType.RELEASE);
            member.commitSync();
        }
        assertThat(clients.deadLetters("dlq.mine", 1)).containsExactly("before delivery_limit 2");
    }

    @Test
    void groupThatDoesNotSayBeginsWhereItsTopicSays() throws Exception {
        clients.configure(ConfigResource.Type.TOPIC, "t", "polylog.share.start", "earliest");
        clients.configureGroup("late", "share.auto.offset.reset", "latest");
        clients.produce("t", List.of("before"));
        assertThat(clients.readAll(1, clients.consumer(GROUP, Map.of()))).containsExactly("before");

        ShareConsumer<String, String> late = clients.consumer("late", Map.of());
        clients.awaitSeated("late", late);
        clients.produce("t", List.of("after"));
        assertThat(clients.readAll(1, late)).containsExactly("after");
    }

    private void restart() throws Exception {
        clients.close();
        gateway.close();
        assertThat(gateway.failure()).isNull();
        gateway = TestGateway.start(directory, new KafkaAdapterFactory());
        clients = new ShareClients("localhost:" + gateway.port("kafka"));
    }

    private ShareConsumer<String, String> explicit() {
        ShareConsumer<String, String> member =
                clients.consumer(GROUP, Map.of("share.acknowledgement.mode", "explicit"));
        clients.awaitSeated(GROUP, member);
        return member;
    }
}
