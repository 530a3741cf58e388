package io.polylog.kafka.call;

import org.apache.kafka.common.protocol.Errors;

/** KIP-320: requests that carry the leader epoch the client knows are refused when it is not the current one. */
public final class LeaderEpochs {

    /** The client does not say which epoch it knows. */
    static final int UNKNOWN = -1;

    private LeaderEpochs() {}

    public static Errors check(int clientEpoch, int currentEpoch) {
        if (clientEpoch == UNKNOWN || clientEpoch == currentEpoch) {
            return Errors.NONE;
        }
        return clientEpoch < currentEpoch ? Errors.FENCED_LEADER_EPOCH : Errors.UNKNOWN_LEADER_EPOCH;
    }
}
