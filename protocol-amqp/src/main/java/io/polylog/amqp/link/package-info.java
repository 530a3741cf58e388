/**
 * Links: what a client sends becomes records, and records become deliveries that the client settles.
 *
 * <p>Links are named by our own role: a {@code ReceiverLink} takes transfers from a client that sends, a {@code
 * SenderLink} makes deliveries to a client that receives. Read {@link io.polylog.amqp.link.Links} first, then those two.
 * Everything here is owned by the connection's event loop; what other threads complete comes back through {@link
 * io.polylog.amqp.link.LinkHost#loop}.
 */
@NullMarked
package io.polylog.amqp.link;

import org.jspecify.annotations.NullMarked;
