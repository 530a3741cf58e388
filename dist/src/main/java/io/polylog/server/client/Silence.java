package io.polylog.server.client;

import io.polylog.time.NanoClock;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;

/** How long nothing has come. For a member of a group it begins when it has got its partitions: joining may take a while. */
final class Silence implements ConsumerRebalanceListener {

    private final NanoClock clock;
    private boolean begun;
    private long sinceNanos;

    Silence(NanoClock clock) {
        this.clock = clock;
    }

    /** From now on. */
    void begin() {
        begun = true;
        sinceNanos = clock.nanoTime();
    }

    boolean lasts(int seconds) {
        return begun && clock.nanoTime() - sinceNanos >= TimeUnit.SECONDS.toNanos(seconds);
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        begin();
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        // what was written is committed already
    }
}
