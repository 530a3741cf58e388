/**
 * The gateway as a process: one log, its doors, and the order in which they open and close.
 *
 * <p>Read {@link io.polylog.server.Main} and {@link io.polylog.server.Node} first. The main thread starts everything and
 * then waits; the JVM's shutdown thread stops it.
 */
@NullMarked
package io.polylog.server;

import org.jspecify.annotations.NullMarked;
