/**
 * What an MQTT client holds at the gateway: its connection, its subscriptions and the windows of messages in flight.
 *
 * <p>Read {@link io.polylog.mqtt.session.Sessions} first, then {@code Connection}, {@code Shard} and {@code Hub}. All
 * sessions of one event loop form a shard; whatever belongs to a shard is touched by that event loop alone, so there are
 * no locks. Deliveries come from the log: each shard has one hub per partition, which reads the tail once for all of the
 * shard's sessions; a session without room reads for itself until it has caught up.
 */
@NullMarked
package io.polylog.mqtt.session;

import org.jspecify.annotations.NullMarked;
