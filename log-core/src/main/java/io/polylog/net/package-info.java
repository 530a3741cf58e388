/**
 * Listeners and event loops: with the adapters, the only user of Netty's transport.
 *
 * <p>Read {@link io.polylog.net.Listener} first. Event loops own connections and never block.
 */
@NullMarked
package io.polylog.net;

import org.jspecify.annotations.NullMarked;
