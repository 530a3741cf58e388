package io.polylog.kafka.call;

import org.apache.kafka.common.protocol.Errors;

/** Errors of the transaction APIs, which older versions have no words for. */
public final class TransactionErrors {

    private TransactionErrors() {}

    /**
     * @param knowsFenced whether the version may answer {@code PRODUCER_FENCED} (KIP-588)
     */
    public static Errors of(Throwable failure, boolean knowsFenced) {
        return older(ErrorMapping.of(failure), knowsFenced);
    }

    private static Errors older(Errors error, boolean knowsFenced) {
        return error == Errors.PRODUCER_FENCED && !knowsFenced ? Errors.INVALID_PRODUCER_EPOCH : error;
    }

    /** As the answer to Produce: there a fenced producer hears of its epoch, in every version. */
    public static Errors ofProduce(Throwable failure, boolean knowsAbortable) {
        Errors error = older(ErrorMapping.of(failure), false);
        return error == Errors.TRANSACTION_ABORTABLE && !knowsAbortable ? Errors.INVALID_TXN_STATE : error;
    }
}
