/**
 * Records that enter their topic later, as values: what a publisher asks for ({@link io.polylog.schedule.ScheduleHeaders}),
 * what the log keeps ({@link io.polylog.schedule.Plan}), the port ({@link io.polylog.schedule.Schedules}) and the wheel
 * that knows when the next is due ({@link io.polylog.schedule.TimingWheel}).
 *
 * <p>Read {@link io.polylog.schedule.Schedules} first. Every thread may enter; the wheel says what it allows.
 */
@org.jspecify.annotations.NullMarked
package io.polylog.schedule;
