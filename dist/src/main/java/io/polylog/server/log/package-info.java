/**
 * How the process logs: text lines with their key/values on standard error.
 *
 * <p>Read {@link io.polylog.server.log.ConsoleLogging} first. Logback calls it once, on the thread that logs first.
 */
@NullMarked
package io.polylog.server.log;

import org.jspecify.annotations.NullMarked;
