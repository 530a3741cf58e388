package io.polylog.kafka.produce;

import io.polylog.broker.AppendResult;
import io.polylog.broker.Appender;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.broker.TopicLife;
import io.polylog.broker.TopicSettings;
import io.polylog.kafka.call.ErrorMapping;
import io.polylog.kafka.call.TopicLookup;
import io.polylog.kafka.call.Traffic;
import io.polylog.kafka.call.TransactionErrors;
import io.polylog.kafka.codec.Reply;
import io.polylog.record.BatchValidator;
import io.polylog.record.InvalidBatchException;
import io.polylog.record.RecordBatch;
import io.polylog.record.TopicPartition;
import io.polylog.schedule.ScheduleHeaders;
import io.polylog.schedule.Schedules;
import io.polylog.time.EpochClock;
import io.polylog.txn.TransactionCoordinator;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.BatchIndexAndErrorMessage;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.requests.ProduceRequest;
import org.jspecify.annotations.Nullable;

/**
 * One produce request on its way through the log. Made on the event loop; {@link #append} runs once, there or on a
 * validation worker; results come in on apply threads, each for its own slot, and the last of them completes the reply.
 */
final class PendingProduce {

    private static final long NO_TIMESTAMP = -1;
    private static final long NO_OFFSET = -1;

    /** KIP-110: zstd came with this version. */
    private static final short FIRST_VERSION_WITH_ZSTD = 7;

    /** KIP-890: a transaction takes in what it writes to, without being asked before. */
    private static final short FIRST_IMPLICIT = ProduceRequest.LAST_STABLE_VERSION_BEFORE_TRANSACTION_V2 + 1;

    private static final short FIRST_WITH_ABORTABLE = 11;

    private final short version;
    private final @Nullable String transactionalId;
    private final boolean answered;
    private final EpochClock clock;
    private final Traffic traffic;
    private final ProduceResponseData response = new ProduceResponseData();
    private final List<Slot> slots = new ArrayList<>(1);
    private final AtomicInteger outstanding;
    private final CompletableFuture<Reply> reply = new CompletableFuture<>();
    private volatile boolean failed;

    PendingProduce(short version, ProduceRequestData request, TopicLookup topics, EpochClock clock, Traffic traffic) {
        this.version = version;
        this.clock = clock;
        this.transactionalId = request.transactionalId();
        this.traffic = traffic;
        this.answered = request.acks() != 0;
        for (TopicProduceData data : request.topicData()) {
            Optional<Topic> topic = topics.find(data.name(), data.topicId());
            List<PartitionProduceResponse> results =
                    new ArrayList<>(data.partitionData().size());
            for (PartitionProduceData partition : data.partitionData()) {
                PartitionProduceResponse result = new PartitionProduceResponse().setIndex(partition.index());
                results.add(result);
                slots.add(new Slot(topic.orElse(null), data, partition, result));
            }
            response.responses()
                    .add(new TopicProduceResponse()
                            .setName(data.name())
                            .setTopicId(data.topicId())
                            .setPartitionResponses(results));
        }
        this.outstanding = new AtomicInteger(slots.size() + 1);
    }

    CompletableFuture<Reply> reply() {
        return reply;
    }

    /** Whether a topic may want its batches in another compression, which takes a while. */
    boolean compresses() {
        return slots.stream().anyMatch(Slot::compresses);
    }

    /** Checks and appends every partition's batch. */
    void append(Appender appender, TransactionCoordinator transactions, Schedules schedules) {
        for (Slot slot : slots) {
            slot.append(appender, transactions, schedules);
        }
        settled(); // the extra one, so that a request of no partitions is answered too
    }

    private void settled() {
        if (outstanding.decrementAndGet() > 0) {
            return;
        }
        if (answered) {
            reply.complete(Reply.of(response));
        } else {
            reply.complete(failed ? Reply.Unanswered.HANG_UP : Reply.Unanswered.SILENT);
        }
    }

    /** One partition's batch and where its result goes. */
    private final class Slot implements BiConsumer<@Nullable AppendResult, @Nullable Throwable> {
        private final @Nullable Topic topic;
        private final TopicProduceData data;
        private final PartitionProduceData partition;
        private final PartitionProduceResponse result;
        private int recordCount;
        private int bytes;

        Slot(
                @Nullable Topic topic,
                TopicProduceData data,
                PartitionProduceData partition,
                PartitionProduceResponse result) {
            this.topic = topic;
            this.data = data;
            this.partition = partition;
            this.result = result;
        }

        boolean compresses() {
            return topic != null && TopicLife.compression(topic).isPresent();
        }

        void append(Appender appender, TransactionCoordinator transactions, Schedules schedules) {
            if (topic == null) {
                fail(TopicLookup.missing(data.topicId()), null, List.of());
                settled();
                return;
            }
            try {
                TopicPartition target = topic.partition(partition.index());
                if (topic.internal()) {
                    throw new RefusedException(Refusal.INTERNAL_TOPIC, "topic " + topic.name() + " is internal");
                }
                BatchValidator.Valid valid = batch(topic);
                boolean mayAsk = valid.reserved() && TopicSettings.schedules(topic);
                CompletionStage<AppendResult> appended;
                if (valid.batch().isTransactional()) {
                    appended = transactions.append(
                            transactionalId(valid.batch(), mayAsk), target, valid.batch(), version >= FIRST_IMPLICIT);
                } else {
                    appended =
                            mayAsk ? schedules.append(target, valid.batch()) : appender.append(target, valid.batch());
                }
                appended.whenComplete(this);
            } catch (RuntimeException refused) {
                accept(null, refused);
            }
        }

        private String transactionalId(RecordBatch batch, boolean mayAsk) {
            if (transactionalId == null) {
                throw Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.exception("a transaction needs a transactional id");
            }
            if (mayAsk
                    && batch.decode().stream()
                            .anyMatch(stored ->
                                    ScheduleHeaders.ask(stored.record().headers()))) {
                throw new RefusedException(Refusal.INVALID_SCHEDULE, "a message cannot be scheduled in a transaction");
            }
            return transactionalId;
        }

        private BatchValidator.Valid batch(Topic topic) {
            ByteBuffer records = ProduceHandler.bytes(partition.records());
            List<BatchValidator.Valid> batches =
                    BatchValidator.validate(records, TopicLife.batchRules(topic, clock.timeMs()));
            RecordBatch batch = batches.get(0).batch();
            if (batches.size() > 1) {
                throw new InvalidBatchException(
                        InvalidBatchException.Reason.INVALID_RECORD, "more than one record batch for a partition");
            }
            if (version < FIRST_VERSION_WITH_ZSTD && batch.compressionId() == CompressionType.ZSTD.id) {
                throw Errors.UNSUPPORTED_COMPRESSION_TYPE.exception(
                        "Produce requests with version " + version + " are not allowed to use ZStandard compression");
            }
            recordCount = batch.recordCount();
            bytes = batch.sizeInBytes();
            return new BatchValidator.Valid(
                    compressed(batch, topic), batches.get(0).reserved());
        }

        /** The batch as the topic wants it compressed; what is too long then is refused, as in Kafka. */
        private static RecordBatch compressed(RecordBatch batch, Topic topic) {
            RecordBatch stored =
                    TopicLife.compression(topic).map(wanted -> wanted.of(batch)).orElse(batch);
            if (stored.sizeInBytes() > TopicSettings.maxMessageBytes(topic)) {
                throw new InvalidBatchException(
                        InvalidBatchException.Reason.TOO_LARGE,
                        "record batch of " + stored.sizeInBytes()
                                + " bytes once it is compressed as the topic wants; at" + " most "
                                + TopicSettings.maxMessageBytes(topic));
            }
            return stored;
        }

        @Override
        public void accept(@Nullable AppendResult appended, @Nullable Throwable failure) {
            if (appended != null && topic != null) {
                traffic.produced(topic.partition(partition.index()), recordCount, bytes);
                result.setBaseOffset(appended.baseOffset())
                        .setLogAppendTimeMs(
                                TopicLife.stampsAppendTime(topic) ? appended.logAppendTimeMs() : NO_TIMESTAMP)
                        .setLogStartOffset(appended.logStartOffset());
            } else if (failure != null) {
                fail(
                        TransactionErrors.ofProduce(failure, version >= FIRST_WITH_ABORTABLE),
                        ErrorMapping.message(failure),
                        ErrorMapping.recordErrors(failure));
            }
            settled();
        }

        private void fail(Errors error, @Nullable String message, List<BatchIndexAndErrorMessage> records) {
            failed = true;
            result.setErrorCode(error.code())
                    .setBaseOffset(NO_OFFSET)
                    .setLogAppendTimeMs(NO_TIMESTAMP)
                    .setLogStartOffset(NO_OFFSET)
                    .setRecordErrors(records)
                    .setErrorMessage(message);
        }
    }
}
