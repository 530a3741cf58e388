/**
 * The Kafka door.
 *
 * <p>Read {@link io.polylog.kafka.KafkaAdapterFactory}, then {@code KafkaConnection}: requests in, replies out, in order.
 * Framing is in {@code codec}, one class per API in {@code handler}. A connection is owned by its event loop.
 */
@NullMarked
package io.polylog.kafka;

import org.jspecify.annotations.NullMarked;
