package io.polylog.kafka.produce;

import io.polylog.broker.Appender;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.call.TopicLookup;
import io.polylog.kafka.call.Traffic;
import io.polylog.kafka.codec.Reply;
import io.polylog.schedule.Schedules;
import io.polylog.time.EpochClock;
import io.polylog.txn.TransactionCoordinator;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;

/**
 * Produce: one record batch for each of some partitions. Acks 1 is answered as acks all, once the batch is durable and
 * visible; acks 0 is not answered, and an error in it closes the connection, as in Kafka.
 *
 * <p>A batch is checked where it lies in the request's frame and handed to the log without a copy.
 */
public final class ProduceHandler implements RequestHandler<ProduceRequestData> {

    /** Uncompressed requests up to this size are checked on the event loop: some tens of microseconds. */
    static final int LIGHT_BYTES = 64 << 10;

    private static final int ATTRIBUTES_POSITION = 21;
    private static final int COMPRESSION_MASK = 0x07;

    private final TopicLookup topics;
    private final Appender appender;
    private final TransactionCoordinator transactions;
    private final Schedules schedules;
    private final EpochClock clock;
    private final Traffic traffic;

    public ProduceHandler(
            TopicLookup topics,
            Appender appender,
            TransactionCoordinator transactions,
            Schedules schedules,
            EpochClock clock,
            Traffic traffic) {
        this.topics = Objects.requireNonNull(topics, "topics");
        this.appender = Objects.requireNonNull(appender, "appender");
        this.transactions = Objects.requireNonNull(transactions, "transactions");
        this.schedules = Objects.requireNonNull(schedules, "schedules");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.traffic = Objects.requireNonNull(traffic, "traffic");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, ProduceRequestData request) {
        if (request.acks() < -1 || request.acks() > 1) {
            throw Errors.INVALID_REQUIRED_ACKS.exception();
        }
        PendingProduce pending = new PendingProduce(call.version(), request, topics, clock, traffic);
        call.lane()
                .run(
                        isLight(request) && !pending.compresses(),
                        () -> pending.append(appender, transactions, schedules));
        return pending.reply();
    }

    private static boolean isLight(ProduceRequestData request) {
        int total = 0;
        for (TopicProduceData topic : request.topicData()) {
            for (PartitionProduceData partition : topic.partitionData()) {
                ByteBuffer batch = bytes(partition.records());
                total += batch.remaining();
                boolean compressed = batch.remaining() > ATTRIBUTES_POSITION + 1
                        && (batch.getShort(batch.position() + ATTRIBUTES_POSITION) & COMPRESSION_MASK) != 0;
                // However small it looks, a compressed batch may unfold to megabytes.
                if (compressed || total > LIGHT_BYTES) {
                    return false;
                }
            }
        }
        return true;
    }

    static ByteBuffer bytes(BaseRecords records) {
        return records instanceof MemoryRecords memory ? memory.buffer() : ByteBuffer.allocate(0);
    }
}
