package io.polylog.kafka.call;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.record.InvalidBatchException;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.ProduceResponseData.BatchIndexAndErrorMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place where the gateway's refusals become Kafka's error codes. */
public final class ErrorMapping {

    private static final Logger log = LoggerFactory.getLogger(ErrorMapping.class);

    private ErrorMapping() {}

    public static Errors of(Refusal refusal) {
        return switch (refusal) {
            case UNKNOWN_TOPIC, UNKNOWN_PARTITION -> Errors.UNKNOWN_TOPIC_OR_PARTITION;
            case TOPIC_EXISTS -> Errors.TOPIC_ALREADY_EXISTS;
            case INVALID_TOPIC_NAME -> Errors.INVALID_TOPIC_EXCEPTION;
            // What Kafka answers to a client that writes to __consumer_offsets.
            case INTERNAL_TOPIC -> Errors.INVALID_TOPIC_EXCEPTION;
            case INVALID_PARTITION_COUNT -> Errors.INVALID_PARTITIONS;
            case INVALID_CONFIG -> Errors.INVALID_CONFIG;
            case CORRUPT_BATCH -> Errors.CORRUPT_MESSAGE;
            case UNSUPPORTED_FORMAT -> Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT;
            case BATCH_TOO_LARGE -> Errors.MESSAGE_TOO_LARGE;
            case INVALID_RECORD, INVALID_SCHEDULE, SCHEDULE_TOO_LATE, SCHEDULE_NOT_FOUND -> Errors.INVALID_RECORD;
            case OUT_OF_ORDER_SEQUENCE -> Errors.OUT_OF_ORDER_SEQUENCE_NUMBER;
            case DUPLICATE_SEQUENCE -> Errors.DUPLICATE_SEQUENCE_NUMBER;
            case STALE_PRODUCER_EPOCH -> Errors.INVALID_PRODUCER_EPOCH;
            case INVALID_TRANSACTION_STATE -> Errors.INVALID_TXN_STATE;
            case PRODUCER_FENCED -> Errors.PRODUCER_FENCED;
            case UNKNOWN_TRANSACTION -> Errors.INVALID_PRODUCER_ID_MAPPING;
            case TRANSACTION_ENDING -> Errors.CONCURRENT_TRANSACTIONS;
            case NOT_IN_TRANSACTION -> Errors.TRANSACTION_ABORTABLE;
            case COORDINATOR_FENCED -> Errors.TRANSACTION_COORDINATOR_FENCED;
            case INVALID_TRANSACTION_TIMEOUT -> Errors.INVALID_TRANSACTION_TIMEOUT;
            case OFFSET_OUT_OF_RANGE -> Errors.OFFSET_OUT_OF_RANGE;
            case GROUP_IN_USE -> Errors.NON_EMPTY_GROUP;
            case GROUP_OF_OTHER_KIND -> Errors.GROUP_ID_NOT_FOUND;
            case NOT_ACQUIRED, NOT_ATTACHED -> Errors.INVALID_RECORD_STATE;
            // Nothing was changed, and every client retries it without giving up the connection.
            case OVERLOADED -> Errors.REQUEST_TIMED_OUT;
            // Retriable: a producer goes on trying until its delivery timeout, and what was refused changed nothing.
            case DISK_FULL, STORAGE_FAILED -> Errors.KAFKA_STORAGE_ERROR;
            // Retriable everywhere; the client looks for the leader again, and finds the gateway gone or back.
            case CLOSED -> Errors.NOT_LEADER_OR_FOLLOWER;
        };
    }

    private static Errors of(InvalidBatchException.Reason reason) {
        return switch (reason) {
            case CORRUPT -> Errors.CORRUPT_MESSAGE;
            case UNSUPPORTED_FORMAT -> Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT;
            case TOO_LARGE -> Errors.MESSAGE_TOO_LARGE;
            case INVALID_RECORD -> Errors.INVALID_RECORD;
            case INVALID_TIMESTAMP -> Errors.INVALID_TIMESTAMP;
        };
    }

    /** The error for a failure of any kind. One that nobody foresaw is logged, and is UNKNOWN_SERVER_ERROR. */
    public static Errors of(Throwable failure) {
        Throwable cause = unwrap(failure);
        if (cause instanceof RefusedException refused) {
            return of(refused.refusal());
        }
        if (cause instanceof InvalidBatchException invalid) {
            return of(invalid.reason());
        }
        if (cause instanceof ApiException known) {
            return Errors.forException(known);
        }
        log.atError().setCause(cause).log("request failed unexpectedly");
        return Errors.UNKNOWN_SERVER_ERROR;
    }

    /** The sentence that goes with {@link #of(Throwable)}, or null when the error's own says all. */
    public static @Nullable String message(Throwable failure) {
        Throwable cause = unwrap(failure);
        boolean expected = cause instanceof RefusedException
                || cause instanceof InvalidBatchException
                || cause instanceof ApiException;
        return expected ? cause.getMessage() : null;
    }

    /** The records of a batch that are at fault, for Produce since version 8 (KIP-467). */
    public static List<BatchIndexAndErrorMessage> recordErrors(Throwable failure) {
        return unwrap(failure) instanceof InvalidBatchException invalid
                ? invalid.faults().stream()
                        .map(fault -> new BatchIndexAndErrorMessage()
                                .setBatchIndex(fault.index())
                                .setBatchIndexErrorMessage(fault.message()))
                        .toList()
                : List.of();
    }

    public static Throwable unwrap(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
