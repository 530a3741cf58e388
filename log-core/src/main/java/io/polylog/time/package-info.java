/**
 * Clocks and timers: the only place in the project that reads the system time.
 *
 * <p>Read {@link io.polylog.time.EpochClock} first, then {@link io.polylog.time.Scheduler}. Every thread may enter.
 */
@org.jspecify.annotations.NullMarked
package io.polylog.time;
