package io.polylog.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PartitionBudgetTest {

    private final PartitionBudget budget = new PartitionBudget(() -> 400, 1000);

    @Test
    void allowsWhatThereIsRoomFor() {
        assertThatCode(() -> budget.check(600)).doesNotThrowAnyException();
    }

    @Test
    void refusesWhatTheHeapWouldNotHold() {
        assertRefused(601);
        assertRefused(Integer.MAX_VALUE);
    }

    @Test
    void countsWhatIsBeingMade() {
        CompletableFuture<String> making = new CompletableFuture<>();
        budget.spend(500, () -> making);
        assertRefused(101);
        assertThatThrownBy(() -> budget.spend(101, CompletableFuture::new)).isInstanceOf(RefusedException.class);
        budget.check(100);
        making.completeExceptionally(new IllegalStateException("no"));
        budget.check(600);
    }

    @Test
    void promisesNothingForWhatDoesNotBegin() {
        assertThatThrownBy(() -> budget.spend(500, () -> {
                    throw new IllegalStateException("no");
                }))
                .isInstanceOf(IllegalStateException.class);
        budget.check(600);
    }

    @Test
    void allowsTenThousandInHalfAGibibyte() {
        assertThat(PartitionBudget.allowed(512 << 20)).isBetween(10_000L, 20_000L);
        assertThat(PartitionBudget.allowed(1 << 20)).isEqualTo(500);
    }

    private void assertRefused(int wanted) {
        assertThatThrownBy(() -> budget.check(wanted))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.refusal()).isEqualTo(Refusal.INVALID_PARTITION_COUNT));
    }
}
