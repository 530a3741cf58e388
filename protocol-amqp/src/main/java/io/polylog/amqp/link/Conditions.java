package io.polylog.amqp.link;

import io.polylog.amqp.message.MessageRefusedException;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import java.util.concurrent.CompletionException;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.transport.AmqpError;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.LinkError;

/** The log's refusals in the words of AMQP 1.0 (part 2, §2.8.14 to §2.8.17). */
final class Conditions {
    private Conditions() {}

    static ErrorCondition of(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof RefusedException refused) {
            return new ErrorCondition(condition(refused.refusal()), refused.getMessage());
        }
        if (cause instanceof MessageRefusedException refused) {
            return new ErrorCondition(refused.condition(), refused.getMessage());
        }
        if (cause instanceof AttachRefusedException refused) {
            return new ErrorCondition(refused.condition(), refused.getMessage());
        }
        return new ErrorCondition(AmqpError.INTERNAL_ERROR, "the gateway failed; its log says why");
    }

    private static Symbol condition(Refusal refusal) {
        return switch (refusal) {
            case UNKNOWN_TOPIC, UNKNOWN_PARTITION, SCHEDULE_NOT_FOUND -> AmqpError.NOT_FOUND;
            case INTERNAL_TOPIC, TOPIC_EXISTS -> AmqpError.NOT_ALLOWED;
            case INVALID_TOPIC_NAME, INVALID_PARTITION_COUNT, INVALID_CONFIG, INVALID_SCHEDULE ->
                AmqpError.INVALID_FIELD;
            case BATCH_TOO_LARGE -> LinkError.MESSAGE_SIZE_EXCEEDED;
            case OVERLOADED, DISK_FULL -> AmqpError.RESOURCE_LIMIT_EXCEEDED;
            case NOT_ACQUIRED, NOT_ATTACHED, GROUP_IN_USE, OFFSET_OUT_OF_RANGE -> AmqpError.ILLEGAL_STATE;
            case GROUP_OF_OTHER_KIND -> AmqpError.NOT_ALLOWED;
            case UNSUPPORTED_FORMAT -> AmqpError.NOT_IMPLEMENTED;
            case CORRUPT_BATCH,
                    INVALID_RECORD,
                    OUT_OF_ORDER_SEQUENCE,
                    DUPLICATE_SEQUENCE,
                    STALE_PRODUCER_EPOCH,
                    INVALID_TRANSACTION_STATE,
                    PRODUCER_FENCED,
                    UNKNOWN_TRANSACTION,
                    TRANSACTION_ENDING,
                    NOT_IN_TRANSACTION,
                    COORDINATOR_FENCED,
                    INVALID_TRANSACTION_TIMEOUT,
                    SCHEDULE_TOO_LATE -> AmqpError.PRECONDITION_FAILED;
            case STORAGE_FAILED, CLOSED -> AmqpError.INTERNAL_ERROR;
        };
    }
}
