package io.polylog.kafka.share;

import io.polylog.share.Outcome;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.protocol.Errors;

/**
 * What a client says of a run of records.
 *
 * @param last inclusive
 * @param types one for all of them, or one for each
 */
record ShareAcknowledgement(long first, long last, List<Byte> types) {

    /** The client found no record at the offset, though it was told that there is one. */
    private static final byte GAP = 0;

    static List<ShareAcknowledgement> of(ShareFetchRequestData.FetchPartition partition) {
        return partition.acknowledgementBatches().stream()
                .map(batch ->
                        new ShareAcknowledgement(batch.firstOffset(), batch.lastOffset(), batch.acknowledgeTypes()))
                .toList();
    }

    static List<ShareAcknowledgement> of(ShareAcknowledgeRequestData.AcknowledgePartition partition) {
        return partition.acknowledgementBatches().stream()
                .map(batch ->
                        new ShareAcknowledgement(batch.firstOffset(), batch.lastOffset(), batch.acknowledgeTypes()))
                .toList();
    }

    /** Runs must ascend and not overlap, and every type must be known, and allowed. */
    static Errors check(List<ShareAcknowledgement> all, boolean mayRenew) {
        long before = -1;
        for (ShareAcknowledgement one : all) {
            boolean inOrder = one.first > before && one.last >= one.first;
            boolean typed = one.types.size() == 1 || one.types.size() == one.count();
            if (!inOrder || !typed || !one.types.stream().allMatch(type -> isKnown(type, mayRenew))) {
                return Errors.INVALID_REQUEST;
            }
            before = one.last;
        }
        return Errors.NONE;
    }

    private static boolean isKnown(byte type, boolean mayRenew) {
        return type >= GAP && (type < AcknowledgeType.RENEW.id || (mayRenew && type == AcknowledgeType.RENEW.id));
    }

    /** Offsets that it is about. */
    long count() {
        return last - first + 1;
    }

    /** How a record is settled; empty if it is to be held for longer. */
    Optional<Outcome> outcome(long offset) {
        byte type = types.size() == 1 ? types.get(0) : types.get((int) (offset - first));
        if (type == AcknowledgeType.RENEW.id) {
            return Optional.empty();
        }
        if (type == AcknowledgeType.RELEASE.id) {
            return Optional.of(Outcome.RELEASE);
        }
        return Optional.of(type == AcknowledgeType.REJECT.id ? Outcome.REJECT : Outcome.ACCEPT);
    }
}
