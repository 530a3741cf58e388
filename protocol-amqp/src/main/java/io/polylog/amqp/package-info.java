/**
 * The AMQP door: the factory that the gateway finds, and the adapter behind one listener.
 *
 * <p>{@link io.polylog.amqp.AmqpAdapterFactory} is the one public type. Connections live in {@code engine}, links in
 * {@code link}, the mapping of messages in {@code message}; each connection is owned by its event loop.
 */
@NullMarked
package io.polylog.amqp;

import org.jspecify.annotations.NullMarked;
