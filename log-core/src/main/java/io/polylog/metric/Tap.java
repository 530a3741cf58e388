package io.polylog.metric;

import io.polylog.record.TopicPartition;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Remembers the topic that the last message was for, since the next one mostly is for the same. One thread. */
public final class Tap {

    private final Flows flows;
    private @Nullable UUID topicId;
    private @Nullable Flow flow;

    public Tap(Flows flows) {
        this.flows = flows;
    }

    public Flow of(TopicPartition partition) {
        Flow last = flow;
        if (last == null || !partition.topicId().equals(topicId)) {
            last = flows.of(partition);
            flow = last;
            topicId = partition.topicId();
        }
        return last;
    }
}
