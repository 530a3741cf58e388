package io.polylog.txn;

/**
 * Who writes in a transaction.
 *
 * @param epoch tells the present owner of a transactional id from earlier ones; from 0
 */
public record Producer(long id, short epoch) {

    /** The last epoch that is given out; whoever asks for another one gets another id. */
    public static final short LAST_EPOCH = Short.MAX_VALUE - 1;

    @Override
    public String toString() {
        return id + " of epoch " + epoch;
    }
}
