/**
 * Share groups: per-record acknowledgement on the log, for AMQP queues, MQTT shared subscriptions and Kafka share groups.
 *
 * <p>Read {@link io.polylog.share.ShareGroups} and {@link io.polylog.share.ShareConsumer} first, then {@code Ledger}. What
 * is settled is durable in {@link io.polylog.engine.LedgerState}; who holds what is memory here. Ledgers are owned by the
 * apply thread of their partition's replica group; members may be entered by any thread.
 */
@NullMarked
package io.polylog.share;

import org.jspecify.annotations.NullMarked;
