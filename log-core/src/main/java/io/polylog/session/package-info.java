/**
 * What the gateway keeps for a client between its connections: subscriptions, positions in the log, deliveries in flight,
 * receipts for what it must not publish twice, and a testament to be published when it does not come back.
 *
 * <p>Read {@link io.polylog.session.SessionStore} first. Values and ports only, of no protocol; the state itself is {@code
 * io.polylog.engine.SessionState}. Any thread.
 */
@NullMarked
package io.polylog.session;

import org.jspecify.annotations.NullMarked;
