/**
 * The grammar of the command line; what the commands do is in {@code io.polylog.server}.
 *
 * <p>Read {@link io.polylog.server.cli.PolylogCommand} first. Main thread only.
 */
@NullMarked
package io.polylog.server.cli;

import org.jspecify.annotations.NullMarked;
