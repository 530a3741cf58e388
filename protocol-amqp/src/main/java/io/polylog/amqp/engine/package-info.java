/**
 * The pump between Netty and Proton-J: protocol headers, SASL, frames, and one Proton connection per channel.
 *
 * <p>Read {@link io.polylog.amqp.engine.AmqpConnection} first, then {@code WireDecoder} and {@code FrameGuard}, which see
 * every byte and every frame before Proton does. Everything of a connection is owned by its channel's event loop.
 */
@NullMarked
package io.polylog.amqp.engine;

import org.jspecify.annotations.NullMarked;
