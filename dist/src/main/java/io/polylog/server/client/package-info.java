/**
 * What the command line asks of a running gateway through its Kafka door: topics, groups, and records in and out.
 *
 * <p>Read {@link io.polylog.server.client.ClientCommand} and {@link io.polylog.server.client.KafkaDoor} first. Main thread
 * only, but for the shutdown hook of {@link io.polylog.server.client.Consume}.
 */
@NullMarked
package io.polylog.server.client;

import org.jspecify.annotations.NullMarked;
