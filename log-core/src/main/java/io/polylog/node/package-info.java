/**
 * The assembled log of one process: the broker ports over the engine, and the data directory they live in.
 *
 * <p>Read {@link io.polylog.node.LogNode} first; {@link io.polylog.node.LogKeys} has its settings. Ports may be entered
 * by any thread.
 */
@NullMarked
package io.polylog.node;

import org.jspecify.annotations.NullMarked;
