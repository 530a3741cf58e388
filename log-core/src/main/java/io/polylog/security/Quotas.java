package io.polylog.security;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletionStage;

/** What clients may use up. Any thread; never blocks. */
public interface Quotas {

    /**
     * A change of one limit.
     *
     * @param value empty to remove it
     */
    record Change(QuotaEntity entity, QuotaKind kind, OptionalDouble value) {}

    /**
     * The limit that holds for a client, and whom it shares it with.
     *
     * @param sharedBy those who use it up together, as a key for a map
     */
    record Limit(String sharedBy, double value) {}

    /** The most special limit that there is for a user's client. */
    Optional<Limit> limit(QuotaKind kind, String user, String clientId);

    /**
     * The limit that holds for an address.
     *
     * @param address as {@link java.net.InetAddress#getHostAddress} writes it
     */
    Optional<Limit> limitOfAddress(QuotaKind kind, String address);

    /** All limits by whom they are for. */
    Map<QuotaEntity, Map<QuotaKind, Double>> all();

    /** Makes changes in one step; the stage completes when they are durable and in force. */
    CompletionStage<Void> change(Collection<Change> changes);
}
