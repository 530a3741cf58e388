/**
 * Hand-written stand-ins for log-core's own tests: executors that a test steps, a partition in memory.
 *
 * <p>Read {@link io.polylog.fake.ManualExecutor} first. One thread: the test's.
 */
@NullMarked
package io.polylog.fake;

import org.jspecify.annotations.NullMarked;
