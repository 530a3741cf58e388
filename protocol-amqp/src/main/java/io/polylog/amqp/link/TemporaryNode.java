package io.polylog.amqp.link;

import io.polylog.record.Record;
import io.polylog.schedule.ScheduleHeaders;
import io.polylog.share.Acquired;
import io.polylog.share.Outcome;
import io.polylog.share.ShareConsumer;
import io.polylog.share.ShareListener;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.apache.qpid.proton.amqp.transport.AmqpError;

/**
 * A dynamic node (AMQP 1.0 part 3, §3.5.10): a queue, or a topic that gives each of its consumers a queue of its own. It
 * lives in this node's memory, as long as the link that made it. Any thread.
 */
final class TemporaryNode {
    private final String address;
    private final boolean topic;
    private final List<TemporaryQueue> queues = new CopyOnWriteArrayList<>();

    TemporaryNode(String address, boolean topic) {
        this.address = address;
        this.topic = topic;
        if (!topic) {
            queues.add(new TemporaryQueue(address));
        }
    }

    String address() {
        return address;
    }

    /**
     * To every queue there is; a topic without consumers keeps nothing. What is to come later is refused: that it is
     * accepted would mean that it is kept, and nothing here is.
     */
    CompletionStage<?> publish(Record record) {
        if (ScheduleHeaders.ask(record.headers())) {
            return CompletableFuture.failedFuture(new AttachRefusedException(
                    AmqpError.NOT_IMPLEMENTED,
                    "a dynamic node takes no message for later: it is kept in memory, for as long as its link lasts"));
        }
        CompletionStage<?> last = CompletableFuture.completedFuture(null);
        for (TemporaryQueue queue : queues) {
            last = queue.publish(record);
        }
        return last;
    }

    ShareConsumer join(Executor owner, ShareListener listener) {
        if (!topic) {
            return queues.get(0).join(owner, listener);
        }
        TemporaryQueue queue = new TemporaryQueue(address);
        ShareConsumer consumer = queue.join(owner, listener);
        queues.add(queue);
        return new ShareConsumer() {
            @Override
            public CompletionStage<Void> credit(int records) {
                return consumer.credit(records);
            }

            @Override
            public CompletionStage<Void> settle(Collection<Acquired> records, Outcome outcome) {
                return consumer.settle(records, outcome);
            }

            @Override
            public void close() {
                queues.remove(queue);
                consumer.close();
            }
        };
    }

    void end() {
        queues.forEach(TemporaryQueue::end);
    }
}
