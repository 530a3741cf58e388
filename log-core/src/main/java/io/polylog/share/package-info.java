/**
 * Share groups: per-record acknowledgement on the log, for AMQP queues, MQTT shared subscriptions and Kafka share groups.
 *
 * <p>Read {@link io.polylog.share.ShareGroups} and {@link io.polylog.share.ShareConsumer} first. Ledgers are owned by the
 * apply thread of their partition's replica group.
 */
@NullMarked
package io.polylog.share;

import org.jspecify.annotations.NullMarked;
