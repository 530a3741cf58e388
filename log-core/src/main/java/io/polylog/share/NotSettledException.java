package io.polylog.share;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import java.util.List;

/** Some records of a call could not be settled; the others were. It carries the first reason. */
public final class NotSettledException extends RefusedException {

    private final transient List<Acquired> records;

    NotSettledException(Refusal refusal, String message, List<Acquired> records) {
        super(refusal, message);
        this.records = List.copyOf(records);
    }

    /** Those of the call's records that were not settled. */
    public List<Acquired> records() {
        return records;
    }
}
