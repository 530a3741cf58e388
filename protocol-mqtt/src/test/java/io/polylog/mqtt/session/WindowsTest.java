package io.polylog.mqtt.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.mqtt.codec.ReasonCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WindowsTest {

    @Test
    void acknowledgesInTheOrderOfPublishes() {
        List<Integer> acknowledged = new ArrayList<>();
        InboundWindow window = new InboundWindow(10, 1000, (packetId, reason) -> acknowledged.add(packetId));
        InboundWindow.Publish first = window.begin(7, 1);
        InboundWindow.Publish second = window.begin(0, 1);
        InboundWindow.Publish third = window.begin(3, 1);
        window.settle(third, ReasonCode.SUCCESS);
        window.settle(second, ReasonCode.SUCCESS);
        assertThat(acknowledged).isEmpty();
        window.settle(first, ReasonCode.SUCCESS);
        assertThat(acknowledged).containsExactly(7, 3);
        assertThat(window.isEmpty()).isTrue();
    }

    @Test
    void isFullByNumberOrByBytesAndEasesAtHalf() {
        InboundWindow window = new InboundWindow(4, 1000, (packetId, reason) -> {});
        InboundWindow.Publish large = window.begin(1, 1000);
        assertThat(window.isFull()).isTrue();
        assertThat(window.exceedsReceiveMaximum()).isFalse();
        window.settle(large, ReasonCode.SUCCESS);
        assertThat(window.hasEased()).isTrue();
        List<InboundWindow.Publish> publishes = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            publishes.add(window.begin(i, 1));
        }
        assertThat(window.isFull()).isTrue();
        assertThat(window.exceedsReceiveMaximum()).isTrue();
        window.settle(publishes.get(0), ReasonCode.SUCCESS);
        assertThat(window.hasEased()).isFalse();
        window.settle(publishes.get(1), ReasonCode.SUCCESS);
        assertThat(window.hasEased()).isTrue();
    }

    @Test
    void neverGivesAPacketIdentifierTwice() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        OutboundWindow window = new OutboundWindow(50);
        Set<Integer> taken = new HashSet<>();
        for (int i = 0; i < 200_000; i++) {
            if (!window.isFull() && (taken.isEmpty() || random.nextBoolean())) {
                int id = window.take();
                assertThat(id).as("seed %s", seed).isBetween(1, 65_535);
                assertThat(taken.add(id)).as("seed %s", seed).isTrue();
            } else {
                int id = taken.iterator().next();
                taken.remove(id);
                assertThat(window.release(id)).isTrue();
                assertThat(window.release(id)).isFalse();
            }
            assertThat(window.size()).isEqualTo(taken.size());
        }
    }

    @Test
    void refusesToOverflow() {
        OutboundWindow window = new OutboundWindow(1);
        window.take();
        assertThatThrownBy(window::take).isInstanceOf(IllegalStateException.class);
    }
}
