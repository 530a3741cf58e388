/**
 * Clocks: the only place in the project that reads the system time.
 *
 * <p>Read {@link io.polylog.time.EpochClock} first. Every thread may enter.
 */
@org.jspecify.annotations.NullMarked
package io.polylog.time;
