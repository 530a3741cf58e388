package io.polylog.kafka.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.metric.Meters;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.junit.jupiter.api.Test;

/** Which fetch sessions are kept, and which make room for others. */
class FetchSessionsTest {

    private final AtomicLong nanos = new AtomicLong(1L << 40);

    private FetchSessions sessions(int max) {
        return new FetchSessions(max, nanos::get, Meters.none());
    }

    private static FetchSession session(int partitions) {
        List<FetchPartition> all = IntStream.range(0, partitions)
                .mapToObj(index -> new FetchPartition().setPartition(index))
                .toList();
        return new FetchSession(
                new FetchRequestData()
                        .setTopics(List.of(new FetchTopic().setTopic("t").setPartitions(all))),
                false);
    }

    private static FetchSession kept(FetchSessions sessions, int partitions) {
        FetchSession session = session(partitions);
        sessions.keep(session);
        return session;
    }

    private void pass(long nanosOfTime) {
        nanos.addAndGet(nanosOfTime);
    }

    @Test
    void nobodyIsDrivenOutInTheFirstTwoMinutes() {
        FetchSessions sessions = sessions(2);
        FetchSession one = kept(sessions, 1);
        FetchSession two = kept(sessions, 1);
        pass(FetchSessions.SAFE_NANOS);
        assertThat(kept(sessions, 50).id()).isZero();
        assertThat(sessions.find(one.id())).isSameAs(one);
        assertThat(sessions.find(two.id())).isSameAs(two);
        assertThat(one.id()).isPositive().isNotEqualTo(two.id());
    }

    @Test
    void whoWasIdleForTwoMinutesMakesRoomForAnybody() {
        FetchSessions sessions = sessions(2);
        FetchSession idle = kept(sessions, 9);
        FetchSession busy = kept(sessions, 9);
        pass(FetchSessions.SAFE_NANOS);
        assertThat(sessions.use(busy)).isTrue();
        pass(1);
        FetchSession small = kept(sessions, 1);
        assertThat(small.id()).isPositive();
        assertThat(sessions.find(idle.id())).isNull();
        assertThat(sessions.use(idle)).isFalse();
        assertThat(sessions.find(busy.id())).isSameAs(busy);
        assertThat(sessions.count()).isEqualTo(2);
    }

    @Test
    void whoIsBusyMakesRoomForWhoReadsMore() {
        FetchSessions sessions = sessions(2);
        FetchSession small = kept(sessions, 3);
        FetchSession large = kept(sessions, 5);
        pass(FetchSessions.SAFE_NANOS + 1);
        sessions.use(small);
        sessions.use(large);
        assertThat(kept(sessions, 3).id()).as("of the same size").isZero();
        assertThat(kept(sessions, 4).id()).isPositive();
        assertThat(sessions.find(small.id())).isNull();
        assertThat(kept(sessions, 4).id())
                .as("the new one is safe, and the other larger")
                .isZero();
        assertThat(sessions.find(large.id())).isSameAs(large);
    }

    @Test
    void partitionsOfAllSessionsAreCounted() {
        FetchSessions sessions = sessions(1_000);
        List<FetchSession> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.add(kept(sessions, FetchSessions.MAX_PARTITIONS / 10));
        }
        assertThat(sessions.partitions()).isEqualTo(FetchSessions.MAX_PARTITIONS);
        assertThat(kept(sessions, 1).id()).isZero();
        sessions.close(all.get(0).id());
        assertThat(kept(sessions, 1).id()).isPositive();
        assertThat(kept(sessions, FetchSessions.MAX_PARTITIONS + 1).id()).isZero();
        assertThat(sessions.count()).as("nobody made room for nothing").isEqualTo(10);
    }

    @Test
    void thereMayBeNoSessionsAtAll() {
        assertThat(kept(sessions(0), 1).id()).isZero();
        assertThat(kept(sessions(1), 0).id()).as("of no partitions").isZero();
    }
}
