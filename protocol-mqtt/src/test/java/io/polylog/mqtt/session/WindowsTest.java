package io.polylog.mqtt.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.record.TopicPartition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

class WindowsTest {

    private static final TopicPartition PARTITION = new TopicPartition(new UUID(1, 2), "t", 0);

    private final LongAdder inFlight = new LongAdder();

    @Test
    void countsWhatIsInFlightUntilTheConnectionIsGone() {
        OutboundWindow window = new OutboundWindow(10, inFlight);
        OutboundWindow other = new OutboundWindow(10, inFlight);
        take(window);
        take(window);
        take(other);
        window.restore(9, 5, PARTITION, 70, 2, false, "", OutboundWindow.Phase.RELEASED);
        assertThat(inFlight.sum()).isEqualTo(4);
        window.release(9);
        assertThat(inFlight.sum()).isEqualTo(3);
        window.close();
        assertThat(inFlight.sum()).isEqualTo(1);
        window.release(1);
        assertThat(inFlight.sum()).isEqualTo(1);
    }

    @Test
    void acknowledgesInTheOrderOfPublishes() {
        List<Integer> acknowledged = new ArrayList<>();
        InboundWindow window = new InboundWindow(10, 1000, (packetId, qos, outcome) -> acknowledged.add(packetId));
        InboundWindow.Publish first = window.begin(7, 1, 1);
        InboundWindow.Publish second = window.begin(0, 0, 1);
        InboundWindow.Publish third = window.begin(3, 2, 1);
        window.settle(third, PublishOutcome.TAKEN);
        window.settle(second, PublishOutcome.TAKEN);
        assertThat(acknowledged).isEmpty();
        window.settle(first, PublishOutcome.TAKEN);
        assertThat(acknowledged).containsExactly(7, 3);
        assertThat(window.isEmpty()).isTrue();
    }

    @Test
    void isFullByNumberOrByBytesAndEasesAtHalf() {
        InboundWindow window = new InboundWindow(4, 1000, (packetId, qos, outcome) -> {});
        InboundWindow.Publish large = window.begin(1, 1, 1000);
        assertThat(window.isFull()).isTrue();
        assertThat(window.unacknowledged()).isEqualTo(1);
        window.settle(large, PublishOutcome.TAKEN);
        assertThat(window.hasEased()).isTrue();
        List<InboundWindow.Publish> publishes = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            publishes.add(window.begin(i, 1, 1));
        }
        assertThat(window.isFull()).isTrue();
        assertThat(window.unacknowledged()).isEqualTo(4);
        window.settle(publishes.get(0), PublishOutcome.TAKEN);
        assertThat(window.hasEased()).isFalse();
        window.settle(publishes.get(1), PublishOutcome.TAKEN);
        assertThat(window.hasEased()).isTrue();
    }

    @Test
    void neverGivesAPacketIdentifierTwice() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        OutboundWindow window = new OutboundWindow(50, inFlight);
        Set<Integer> taken = new HashSet<>();
        for (int i = 0; i < 200_000; i++) {
            if (!window.isFull() && (taken.isEmpty() || random.nextBoolean())) {
                int id = take(window).packetId();
                assertThat(id).as("seed %s", seed).isBetween(1, 65_535);
                assertThat(taken.add(id)).as("seed %s", seed).isTrue();
            } else {
                int id = taken.iterator().next();
                taken.remove(id);
                assertThat(window.release(id)).isNotNull();
                assertThat(window.release(id)).isNull();
            }
            assertThat(window.size()).isEqualTo(taken.size());
        }
    }

    @Test
    void refusesToOverflow() {
        OutboundWindow window = new OutboundWindow(1, inFlight);
        take(window);
        assertThatThrownBy(() -> take(window)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void countsOnlyWhatThisConnectionHasSent() {
        OutboundWindow window = new OutboundWindow(1, inFlight);
        window.restore(9, 5, PARTITION, 70, 2, false, "", OutboundWindow.Phase.RELEASED);
        window.restore(4, 3, PARTITION, 60, 1, false, "", OutboundWindow.Phase.PUBLISHED);
        assertThat(window.isFull()).isFalse();
        assertThat(window.inOrder()).extracting(OutboundWindow.Entry::packetId).containsExactly(4, 9);
        OutboundWindow.Entry next = take(window);
        assertThat(next.packetId()).isEqualTo(10);
        assertThat(next.order()).isEqualTo(6);
        assertThat(window.isFull()).isTrue();
        window.release(9);
        assertThat(window.isFull()).isTrue();
        window.release(10);
        assertThat(window.isFull()).isFalse();
    }

    private static OutboundWindow.Entry take(OutboundWindow window) {
        return window.take(PARTITION, 1, 1, false, null);
    }
}
