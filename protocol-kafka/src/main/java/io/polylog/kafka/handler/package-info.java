/**
 * One class per Kafka API, and the table that says which are offered. Those with more to them than a class have rooms of
 * their own: {@code produce}, {@code fetch} and {@code share}.
 *
 * <p>Read {@link io.polylog.kafka.handler.Apis} (the table) and {@code RequestHandler} (the contract, in {@code call}) first.
 * Handlers are shared by all connections; they are called on the connection's event loop and complete on any thread.
 */
@NullMarked
package io.polylog.kafka.handler;

import org.jspecify.annotations.NullMarked;
