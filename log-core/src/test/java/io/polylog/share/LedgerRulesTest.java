package io.polylog.share;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Refusal;
import io.polylog.engine.LedgerId;
import io.polylog.engine.LedgerSnapshot;
import io.polylog.record.Record;
import io.polylog.share.ShareGroups.StartAt;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Members that go by the settings of their group, as Kafka's do; and the administration of ledgers. */
class LedgerRulesTest extends ShareScene {

    private static final ShareGroupSettings RULES = naming(Optional.empty(), true);

    private Worker member() {
        Worker worker = new Worker(groups, GROUP, topic, JoinOptions.on(topic, 0, RULES));
        workers.add(worker);
        drain();
        return worker;
    }

    private Worker member(int credit) {
        Worker worker = member();
        worker.consumer().credit(credit);
        drain();
        return worker;
    }

    @Test
    void recordThatIsGivenBackOnceTooOftenIsADeadLetter() {
        log.append(partition, "poison");
        Worker member = member(10);
        for (int times = 0; times < RULES.deliveryLimit(); times++) {
            assertThat(member.held).extracting(Acquired::acquisitions).containsExactly(times);
            settle(member, Outcome.RELEASE);
        }
        assertThat(member.held).isEmpty();
        assertThat(deadLetters()).containsExactly("poison delivery_limit");
    }

    @Test
    void lockThatRunsOutCounts() {
        log.append(partition, "poison");
        Worker member = member(10);
        for (int times = 0; times < RULES.deliveryLimit(); times++) {
            assertThat(member.takeAll()).extracting(Acquired::acquisitions).containsExactly(times);
            scheduler.advance(RULES.lockMs());
            drain();
        }
        assertThat(member.held).isEmpty();
        assertThat(deadLetters()).containsExactly("poison delivery_limit");
    }

    @Test
    void leavingCountsAndTheCountOutlivesARestart() {
        log.append(partition, "a");
        for (int times = 0; times < 2; times++) {
            Worker member = member(1);
            assertThat(member.held).extracting(Acquired::acquisitions).containsExactly(times);
            member.consumer().close();
            drain();
            startNode();
        }
        assertThat(member(1).held).extracting(Acquired::acquisitions).containsExactly(2);
    }

    @Test
    void renewedRecordIsHeldForAsLongAgain() {
        log.append(partition, "a");
        Worker member = member(10);
        scheduler.advance(RULES.lockMs() - 1);
        CompletionStage<Void> renewed = member.consumer().renew(List.copyOf(member.held));
        drain();
        assertThat(renewed.toCompletableFuture()).isCompleted();
        scheduler.advance(RULES.lockMs() - 1);
        drain();
        assertThat(member.held).hasSize(1);
        settle(member, Outcome.ACCEPT);
        assertThat(member.held).isEmpty();
    }

    @Test
    void lostRecordCannotBeRenewed() {
        log.append(partition, "a");
        Worker member = member(1);
        List<Acquired> lost = member.takeAll();
        member.consumer().credit(0);
        scheduler.advance(RULES.lockMs());
        drain();
        assertThat(refusal(member.consumer().renew(lost))).isEqualTo(Refusal.NOT_ACQUIRED);
    }

    @Test
    void recordGivenBackUnseenIsAsNew() {
        log.append(partition, "a");
        Worker member = member(10);
        for (int times = 0; times < 10; times++) {
            assertThat(member.held).extracting(Acquired::acquisitions).containsExactly(0);
            member.consumer().giveBack(member.takeAll());
            drain();
        }
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void noMoreIsHandedOutThanMayBeHeld() {
        log.append(partition, "a", "b", "c", "d", "e", "f");
        Worker one = member(3);
        Worker two = member();
        CompletionStage<Void> credit = two.consumer().credit(10);
        drain();
        assertThat(one.values()).containsExactly("a", "b", "c");
        assertThat(two.values()).containsExactly("d");
        assertThat(credit.toCompletableFuture()).isCompleted();
        settle(one, Outcome.ACCEPT);
        assertThat(two.values()).containsExactly("d", "e", "f");
    }

    @Test
    void ledgerIsPlacedByTimeResetAndForgotten() {
        Ledgers ledgers = new Ledgers(ports, group -> home.ledgers(), groups::isInUse);
        LedgerId id = new LedgerId(topic.id(), 0, GROUP);
        log.append(partition, "a", "b", "c");
        Worker member = member(10);
        settle(member, Outcome.ACCEPT);
        assertThat(refusal(ledgers.reset(id, 1))).isEqualTo(Refusal.GROUP_IN_USE);
        assertThat(refusal(ledgers.delete(id))).isEqualTo(Refusal.GROUP_IN_USE);
        member.consumer().close();
        drain();

        assertThat(done(ledgers.reset(id, 1)).startOffset()).isEqualTo(1);
        assertThat(member(10).values()).containsExactly("b", "c");
        workers.get(1).consumer().close();
        drain();

        assertThat(done(ledgers.delete(id))).isTrue();
        assertThat(done(ledgers.find(id))).isEmpty();
        LedgerSnapshot opened = done(ledgers.open(id, StartAt::of));
        assertThat(opened.startOffset()).isEqualTo(3);
        assertThat(done(ledgers.find(id))).contains(opened);
        assertThat(refusal(ledgers.open(new LedgerId(topic.id(), 5, GROUP), StartAt::of)))
                .isEqualTo(Refusal.UNKNOWN_PARTITION);
    }

    @Test
    void groupMayNameItsOwnPlaceForDeadLetters() {
        rules = naming(Optional.of("dlq.own"), true);
        log.append(partition, "bad");
        settle(member(1), Outcome.REJECT);
        assertThat(topics.find("dlq.own").orElseThrow().config())
                .containsEntry("errors.deadletterqueue.group.enable", "true");
        assertThat(topics.find("orders.dlq")).isEmpty();
    }

    @Test
    void topicThatDoesNotTakeDeadLettersOfGroupsGetsNone() {
        rules = naming(Optional.of("plain"), true);
        log.create(topics.add("plain", 1).partition(0));
        log.append(partition, "bad");
        Worker member = member(1);
        CompletionStage<Void> rejected = member.consumer().settle(member.takeAll(), Outcome.REJECT);
        drain();
        assertThat(rejected.toCompletableFuture()).isNotDone();
        assertThat(log.records(topics.find("plain").orElseThrow().partition(0))).isEmpty();
    }

    @Test
    void deadLetterWithoutTheRecordTellsWhatHappenedOnly() {
        rules = naming(Optional.of("dlq.own"), false);
        log.append(partition, "bad");
        settle(member(1), Outcome.REJECT);
        Record letter =
                log.records(topics.find("dlq.own").orElseThrow().partition(0)).get(0);
        assertThat(letter.value()).isNull();
        assertThat(letter.headers().lastText("__dlq.errors.offset")).contains("0");
    }

    private static ShareGroupSettings naming(Optional<String> deadLetterTopic, boolean copies) {
        return new ShareGroupSettings(
                Optional.of(StartAt.EARLIEST),
                OptionalLong.empty(),
                30_000,
                3,
                4,
                true,
                Optional.empty(),
                deadLetterTopic,
                copies);
    }

    private <T> T done(CompletionStage<T> stage) {
        drain();
        assertThat(stage.toCompletableFuture()).isCompleted();
        return stage.toCompletableFuture().join();
    }
}
