package io.polylog.node;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class PartitionBudgetTest {

    @Test
    void allowsASmallGatewayEverywhere() {
        assertThatCode(() -> PartitionBudget.check(400, 100)).doesNotThrowAnyException();
    }

    @Test
    void refusesMoreThanTheProcessMayOpen() {
        assertThatThrownBy(() -> PartitionBudget.check(1_000_000_000_000L, 1))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> Assertions.assertThat(refused.refusal()).isEqualTo(Refusal.INVALID_PARTITION_COUNT))
                .hasMessageContaining("ulimit -n");
    }
}
