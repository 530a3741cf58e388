/**
 * The ports through which adapters see the log: topics, append, fetch, publish.
 *
 * <p>Read {@link io.polylog.broker.Broker} first. Every port may be called from any thread and never blocks; stages
 * complete on an apply or reader thread, so a caller that owns a connection goes back to its event loop.
 */
@NullMarked
package io.polylog.broker;

import org.jspecify.annotations.NullMarked;
