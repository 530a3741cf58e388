package io.polylog.group;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.engine.LedgerId;
import io.polylog.engine.LedgerSnapshot;
import io.polylog.share.Ledgers;
import io.polylog.share.ShareGroupSettings;
import io.polylog.time.EpochClock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.server.share.persister.DeleteShareGroupStateParameters;
import org.apache.kafka.server.share.persister.DeleteShareGroupStateResult;
import org.apache.kafka.server.share.persister.GroupTopicPartitionData;
import org.apache.kafka.server.share.persister.InitializeShareGroupStateParameters;
import org.apache.kafka.server.share.persister.InitializeShareGroupStateResult;
import org.apache.kafka.server.share.persister.PartitionAllData;
import org.apache.kafka.server.share.persister.PartitionErrorData;
import org.apache.kafka.server.share.persister.PartitionFactory;
import org.apache.kafka.server.share.persister.PartitionIdData;
import org.apache.kafka.server.share.persister.PartitionInfoData;
import org.apache.kafka.server.share.persister.PartitionStateData;
import org.apache.kafka.server.share.persister.PartitionStateSummaryData;
import org.apache.kafka.server.share.persister.Persister;
import org.apache.kafka.server.share.persister.PersisterStateBatch;
import org.apache.kafka.server.share.persister.ReadShareGroupStateParameters;
import org.apache.kafka.server.share.persister.ReadShareGroupStateResult;
import org.apache.kafka.server.share.persister.ReadShareGroupStateSummaryParameters;
import org.apache.kafka.server.share.persister.ReadShareGroupStateSummaryResult;
import org.apache.kafka.server.share.persister.TopicData;
import org.apache.kafka.server.share.persister.WriteShareGroupStateParameters;
import org.apache.kafka.server.share.persister.WriteShareGroupStateResult;

/**
 * The ledgers as Kafka's coordinator sees them: where each group began on each partition, how far it has come, and what is
 * to be forgotten. It is nobody's way to settle records, which the ledgers do themselves. Any thread.
 */
final class LedgerPersister implements Persister {

    /** What Kafka calls the state of a record that is done with: {@code RecordState.ACKNOWLEDGED}. */
    private static final byte ACKNOWLEDGED = 2;

    private final Ledgers ledgers;
    private final Function<String, ShareGroupSettings> settings;
    private final EpochClock clock;

    LedgerPersister(Ledgers ledgers, Function<String, ShareGroupSettings> settings, EpochClock clock) {
        this.ledgers = ledgers;
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public CompletableFuture<InitializeShareGroupStateResult> initializeState(
            InitializeShareGroupStateParameters parameters) {
        GroupTopicPartitionData<PartitionStateData> asked = parameters.groupTopicPartitionData();
        return each(asked, (id, partition) -> errors(id, initialise(id, partition.startOffset())))
                .thenApply(topics -> new InitializeShareGroupStateResult.Builder()
                        .setTopicsData(topics)
                        .build());
    }

    private CompletionStage<LedgerSnapshot> initialise(LedgerId id, long startOffset) {
        if (startOffset != PartitionFactory.UNINITIALIZED_START_OFFSET) {
            return ledgers.reset(id, startOffset);
        }
        ShareGroupSettings group = settings.apply(id.groupId());
        return group.startAgoMs().isPresent()
                ? ledgers.openSince(id, clock.timeMs() - group.startAgoMs().getAsLong())
                : ledgers.open(id, group::startOn);
    }

    @Override
    public CompletableFuture<DeleteShareGroupStateResult> deleteState(DeleteShareGroupStateParameters parameters) {
        return each(parameters.groupTopicPartitionData(), (id, partition) -> errors(id, ledgers.delete(id)))
                .thenApply(topics -> new DeleteShareGroupStateResult.Builder()
                        .setTopicsData(topics)
                        .build());
    }

    @Override
    public CompletableFuture<ReadShareGroupStateSummaryResult> readSummary(
            ReadShareGroupStateSummaryParameters parameters) {
        return each(
                        parameters.groupTopicPartitionData(),
                        (id, partition) -> ledgers.find(id).handle((found, failure) -> {
                            LedgerSnapshot ledger = found == null ? null : found.orElse(null);
                            Errors error = failure == null ? Errors.NONE : error(failure);
                            return PartitionFactory.newPartitionStateSummaryData(
                                    id.partition(),
                                    PartitionFactory.DEFAULT_STATE_EPOCH,
                                    ledger == null ? PartitionFactory.UNINITIALIZED_START_OFFSET : ledger.startOffset(),
                                    ledger == null
                                            ? PartitionFactory.UNINITIALIZED_DELIVERY_COMPLETE_COUNT
                                            : doneAboveStart(ledger),
                                    PartitionFactory.DEFAULT_LEADER_EPOCH,
                                    error.code(),
                                    error.message());
                        }))
                .thenApply((List<TopicData<PartitionStateSummaryData>> topics) ->
                        new ReadShareGroupStateSummaryResult.Builder()
                                .setTopicsData(topics)
                                .build());
    }

    private static int doneAboveStart(LedgerSnapshot ledger) {
        long done = 0;
        for (var run : ledger.archived().entrySet()) {
            done += run.getValue() - run.getKey();
        }
        return (int) Math.min(Integer.MAX_VALUE, done);
    }

    @Override
    public CompletableFuture<ReadShareGroupStateResult> readState(ReadShareGroupStateParameters parameters) {
        return each(
                        parameters.groupTopicPartitionData(),
                        (id, partition) -> ledgers.find(id).handle((found, failure) -> {
                            LedgerSnapshot ledger = found == null ? null : found.orElse(null);
                            Errors error = failure == null ? Errors.NONE : error(failure);
                            return PartitionFactory.newPartitionAllData(
                                    id.partition(),
                                    PartitionFactory.DEFAULT_STATE_EPOCH,
                                    ledger == null ? PartitionFactory.UNINITIALIZED_START_OFFSET : ledger.startOffset(),
                                    error.code(),
                                    error.message(),
                                    ledger == null ? List.of() : batches(ledger));
                        }))
                .thenApply((List<TopicData<PartitionAllData>> topics) -> new ReadShareGroupStateResult.Builder()
                        .setTopicsData(topics)
                        .build());
    }

    private static List<PersisterStateBatch> batches(LedgerSnapshot ledger) {
        List<PersisterStateBatch> batches = new ArrayList<>();
        ledger.archived()
                .forEach((from, to) -> batches.add(new PersisterStateBatch(from, to - 1, ACKNOWLEDGED, (short) 1)));
        return batches;
    }

    @Override
    public CompletableFuture<WriteShareGroupStateResult> writeState(WriteShareGroupStateParameters parameters) {
        return CompletableFuture.failedFuture(
                new UnsupportedOperationException("records are settled through the ledger's members"));
    }

    @Override
    public void stop() {} // The ledgers outlive the coordinator.

    private static CompletionStage<PartitionErrorData> errors(LedgerId id, CompletionStage<?> done) {
        return done.handle((reply, failure) -> {
            Errors error = failure == null ? Errors.NONE : error(failure);
            return PartitionFactory.newPartitionErrorData(id.partition(), error.code(), error.message());
        });
    }

    private static Errors error(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (!(cause instanceof RefusedException refused)) {
            return Errors.forException(cause);
        }
        Refusal refusal = refused.refusal();
        return switch (refusal) {
            case GROUP_IN_USE -> Errors.NON_EMPTY_GROUP;
            case UNKNOWN_TOPIC, UNKNOWN_PARTITION -> Errors.UNKNOWN_TOPIC_OR_PARTITION;
            case INVALID_CONFIG -> Errors.INVALID_GROUP_ID;
            case STORAGE_FAILED, DISK_FULL -> Errors.KAFKA_STORAGE_ERROR;
            default -> Errors.COORDINATOR_NOT_AVAILABLE;
        };
    }

    /** The answers for all partitions, in the order and form of the question. */
    private static <Q extends PartitionIdData & PartitionInfoData, A extends PartitionInfoData>
            CompletableFuture<List<TopicData<A>>> each(
                    GroupTopicPartitionData<Q> asked, BiFunction<LedgerId, Q, CompletionStage<A>> work) {
        List<TopicAnswers<A>> topics = new ArrayList<>();
        List<CompletableFuture<A>> all = new ArrayList<>();
        for (TopicData<Q> topic : asked.topicsData()) {
            List<CompletableFuture<A>> partitions = new ArrayList<>();
            for (Q partition : topic.partitions()) {
                LedgerId id = new LedgerId(javaId(topic.topicId()), partition.partition(), asked.groupId());
                partitions.add(work.apply(id, partition).toCompletableFuture());
            }
            topics.add(new TopicAnswers<>(topic.topicId(), partitions));
            all.addAll(partitions);
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                .thenApply(done -> topics.stream().map(TopicAnswers::toData).toList());
    }

    private record TopicAnswers<A extends PartitionInfoData>(Uuid topicId, List<CompletableFuture<A>> partitions) {
        TopicData<A> toData() {
            return new TopicData<>(
                    topicId, partitions.stream().map(CompletableFuture::join).toList());
        }
    }

    private static UUID javaId(Uuid id) {
        return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }
}
