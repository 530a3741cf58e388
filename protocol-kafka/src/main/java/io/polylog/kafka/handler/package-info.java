/**
 * One class per Kafka API, and the table that says which are offered.
 *
 * <p>Read {@link io.polylog.kafka.handler.Apis} (the table), {@code RequestHandler} (the contract), then {@code
 * ProduceHandler} and {@code FetchHandler}. Handlers are shared by all connections; they are called on the connection's
 * event loop and complete on any thread.
 */
@NullMarked
package io.polylog.kafka.handler;

import org.jspecify.annotations.NullMarked;
