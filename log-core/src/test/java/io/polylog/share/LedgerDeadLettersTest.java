package io.polylog.share;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
import io.polylog.share.ShareGroups.StartAt;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** When a record leaves its group for the topic of dead letters, and what becomes of it there. */
class LedgerDeadLettersTest extends ShareScene {

    @Test
    void rejectedRecordBecomesADeadLetter() {
        log.append(partition, "a", "b");
        Worker worker = worker(1);
        settle(worker, Outcome.REJECT);
        worker.consumer().credit(5);
        drain();
        assertThat(worker.values()).containsExactly("b");
        assertThat(deadLetters()).containsExactly("a rejected");
        assertThat(counted).containsEntry("polylog_dead_letters_total", 1L);
        startNode();
        assertThat(worker(5).values()).containsExactly("b");
    }

    @Test
    void deadLetterTellsWhatHappened() {
        Headers headers = Headers.builder()
                .text("kind", "test")
                .text("message-id", "m-1")
                .text("expires-at", "99999999")
                .build();
        log.append(
                partition, RecordBatch.encode(List.of(new Record("k".getBytes(UTF_8), new byte[] {7}, 42, headers))));
        Worker worker = worker(1);
        settle(worker, Outcome.FAIL);
        worker.consumer().credit(1);
        drain();
        scheduler.advance(5000);
        settle(worker, Outcome.REJECT);
        Record letter = log.records(topics.find("orders.dlq").orElseThrow().partition(0))
                .get(0);
        assertThat(letter.key()).isEqualTo("k".getBytes(UTF_8));
        assertThat(letter.value()).containsExactly(7);
        assertThat(letter.timestampMs()).isEqualTo(42);
        Map<String, String> told = new HashMap<>();
        letter.headers().forEach(header -> told.put(header.key(), header.text()));
        assertThat(told)
                .containsEntry("kind", "test")
                .containsEntry("__dlq.errors.topic", "orders")
                .containsEntry("__dlq.errors.partition", "0")
                .containsEntry("__dlq.errors.offset", "0")
                .containsEntry("__dlq.errors.group", GROUP)
                .containsEntry("__dlq.errors.delivery.count", "1")
                .containsEntry("__dlq.errors.message", "rejected")
                .containsEntry("x-first-death-reason", "rejected")
                .containsEntry("x-last-death-queue", "orders")
                .containsEntry("x-opt-orig-address", "orders")
                .containsEntry("x-opt-orig-message-id", "m-1")
                .containsEntry(
                        "x-death",
                        "[{\"count\":1,\"reason\":\"rejected\",\"queue\":\"orders\",\"time\":5,\"exchange\":\"\","
                                + "\"routing-keys\":[\"orders\"]}]")
                .doesNotContainKey("expires-at");
        assertThat(Death.of(letter.headers()))
                .containsExactly(new Death("orders", Death.Reason.REJECTED, 1, 5000, 5000, "", "orders"));
    }

    @Test
    void deadLetterOfADeadLetterTopicGoesNowhere() {
        log.append(partition, "a");
        settle(worker(1), Outcome.REJECT);
        Topic dead = topics.find("orders.dlq").orElseThrow();
        Worker undertaker = new Worker(groups, "queue:orders.dlq", dead, StartAt.EARLIEST);
        workers.add(undertaker);
        drain();
        undertaker.consumer().credit(1);
        drain();
        settle(undertaker, Outcome.REJECT);
        assertThat(counted).containsEntry("polylog_share_archived_total", 1L);
        assertThat(topics.all()).hasSize(2);
    }

    @Test
    void topicWithoutADeadLetterTopicArchivesAndCounts() {
        configure("polylog.dead.letter.topic", "");
        log.append(partition, "a");
        Worker worker = worker(1);
        settle(worker, Outcome.REJECT);
        worker.consumer().credit(5);
        drain();
        assertThat(worker.held).isEmpty();
        assertThat(topics.find("orders.dlq")).isEmpty();
        assertThat(counted).containsEntry("polylog_share_archived_total", 1L);
    }

    @Test
    void deliveryThatFailsOnceTooOftenIsADeadLetter() {
        configure("polylog.delivery.limit", "2");
        log.append(partition, "a");
        Worker worker = worker(1);
        for (int failure = 0; failure < 3; failure++) {
            assertThat(worker.held)
                    .singleElement()
                    .extracting(Acquired::failures)
                    .isEqualTo(failure);
            settle(worker, Outcome.FAIL);
            worker.consumer().credit(1);
            drain();
        }
        assertThat(worker.held).isEmpty();
        assertThat(deadLetters()).containsExactly("a delivery_limit");
    }

    @Test
    void releasesDoNotCountTowardsTheLimit() {
        configure("polylog.delivery.limit", "1");
        log.append(partition, "a");
        Worker worker = worker(1);
        for (int i = 0; i < 10; i++) {
            settle(worker, Outcome.RELEASE);
            worker.consumer().credit(1);
            drain();
        }
        assertThat(worker.held).singleElement().extracting(Acquired::failures).isEqualTo(0);
        assertThat(worker.held.get(0).acquisitions()).isEqualTo(10);
    }

    @Test
    void limitOfZeroIsNone() {
        configure("polylog.delivery.limit", "0");
        log.append(partition, "a");
        Worker worker = worker(1);
        for (int i = 0; i < 30; i++) {
            settle(worker, Outcome.FAIL);
            worker.consumer().credit(1);
            drain();
        }
        assertThat(worker.held).singleElement().extracting(Acquired::failures).isEqualTo(30);
    }

    @Test
    void expiredRecordIsNeverDelivered() {
        Headers soon = Headers.builder().text("expires-at", "1000").build();
        Headers never =
                Headers.builder().text("expires-at", "when the cows come home").build();
        log.append(
                partition,
                RecordBatch.encode(List.of(
                        new Record(null, "a".getBytes(UTF_8), 0, soon),
                        new Record(null, "b".getBytes(UTF_8), 0, never),
                        new Record(null, "c".getBytes(UTF_8), 0, soon))));
        Worker worker = worker(1);
        assertThat(worker.values()).containsExactly("a");
        scheduler.advance(1000);
        settle(worker, Outcome.RELEASE);
        worker.consumer().credit(5);
        drain();
        assertThat(worker.values()).containsExactly("b");
        assertThat(deadLetters()).containsExactlyInAnyOrder("a expired", "c expired");
    }

    @Test
    void deadLetterThatCannotBeWrittenIsKeptAndTriedAgain() {
        log.append(partition, "a");
        Worker worker = worker(1);
        var make = CompletableFuture.<Topic>failedStage(new RefusedException(Refusal.OVERLOADED, "by the test"));
        topics.onObtain(spec -> make);
        CompletableFuture<Void> reply =
                worker.consumer().settle(worker.takeAll(), Outcome.REJECT).toCompletableFuture();
        worker.consumer().credit(5);
        drain();
        assertThat(reply).isNotDone();
        assertThat(worker.held).isEmpty();
        assertThat(scheduler.delays()).containsExactly(DeadLetters.FIRST_RETRY_MS);
        scheduler.runNext();
        drain();
        assertThat(scheduler.delays()).containsExactly(2 * DeadLetters.FIRST_RETRY_MS);
        log.create(topics.add("orders.dlq", 1).partition(0));
        home.refuseNext(Refusal.OVERLOADED);
        scheduler.runNext();
        drain();
        assertThat(deadLetters()).isEmpty();
        scheduler.runNext();
        drain();
        assertThat(deadLetters()).containsExactly("a rejected");
        assertThat(reply).isCompleted();
    }

    @Test
    void recordWhoseDeadLetterCannotBeWrittenIsThereForTheNext() {
        log.append(partition, "a");
        Worker worker = worker(1);
        var refused = CompletableFuture.<Topic>failedStage(new RefusedException(Refusal.INVALID_CONFIG, "by the test"));
        topics.onObtain(spec -> refused);
        CompletionStage<Void> reply = worker.consumer().settle(worker.takeAll(), Outcome.REJECT);
        drain();
        worker.consumer().close();
        assertThat(refusal(reply)).isEqualTo(Refusal.CLOSED);
        assertThat(worker(1).values()).containsExactly("a");
    }

    @Test
    void rejectionOutlivesTheLastMember() {
        log.append(partition, "a", "b");
        Worker worker = worker(2);
        CompletableFuture<Topic> making = new CompletableFuture<>();
        topics.onObtain(spec -> making);
        worker.consumer().settle(List.of(worker.held.get(0)), Outcome.REJECT);
        worker.consumer().close();
        drain();
        Topic dead = topics.add("orders.dlq", 1);
        log.create(dead.partition(0));
        making.complete(dead);
        drain();
        assertThat(deadLetters()).containsExactly("a rejected");
        assertThat(log.watches(partition)).as("the ledger is closed").isZero();
        assertThat(worker(5).values()).containsExactly("b");
    }

    @Test
    void declinedRecordGoesToOthersOnly() {
        log.append(partition, "a");
        Worker one = worker(1);
        Worker two = worker();
        settle(one, Outcome.RELEASE_ELSEWHERE);
        one.consumer().credit(5);
        drain();
        assertThat(one.held).isEmpty();
        log.append(partition, "b");
        drain();
        assertThat(one.values()).containsExactly("b");
        two.consumer().credit(5);
        drain();
        assertThat(two.values()).containsExactly("a");
        assertThat(two.held.get(0).failures()).isZero();
        settle(two, Outcome.FAIL_ELSEWHERE);
        assertThat(deadLetters()).containsExactly("a rejected");
    }

    @Test
    void declinedRecordIsADeadLetterWhenTheOthersLeave() {
        log.append(partition, "a");
        Worker one = worker(1);
        Worker two = worker();
        settle(one, Outcome.FAIL_ELSEWHERE);
        assertThat(deadLetters()).isEmpty();
        two.consumer().close();
        drain();
        assertThat(deadLetters()).containsExactly("a rejected");
    }
}
