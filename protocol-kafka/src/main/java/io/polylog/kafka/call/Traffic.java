package io.polylog.kafka.call;

import io.polylog.broker.LogSlice;
import io.polylog.metric.Flows;
import io.polylog.metric.Meters;
import io.polylog.metric.TopicMeters;
import io.polylog.record.TopicPartition;

/** Counts the messages of this door, a batch at a time. Any thread. */
public final class Traffic {

    private final Meters.Counter messagesIn;
    private final Meters.Counter messagesOut;
    private final Flows flows;

    public Traffic(Meters meters, TopicMeters topicMeters) {
        this.messagesIn = meters.counter("polylog_messages_in_total", "protocol", "kafka");
        this.messagesOut = meters.counter("polylog_messages_out_total", "protocol", "kafka");
        this.flows = topicMeters.flows("kafka");
    }

    /** The log has taken a batch. */
    public void produced(TopicPartition partition, int records, int bytes) {
        messagesIn.add(records);
        flows.of(partition).in(records, bytes);
    }

    /** Records are on their way to a client, in so many bytes of batches. */
    public void fetched(TopicPartition partition, int records, int bytes) {
        messagesOut.add(records);
        flows.of(partition).out(records, bytes);
    }

    /** Whole batches are on their way to a client, which may leave out the first of their records. */
    public void fetched(TopicPartition partition, LogSlice batches) {
        messagesOut.add(batches.offsetCount());
        flows.of(partition).out(batches.offsetCount(), batches.sizeInBytes());
    }
}
