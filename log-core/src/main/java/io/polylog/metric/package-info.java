/**
 * Counters, gauges and timers as the log and its adapters see them; the metrics library itself stays outside.
 *
 * <p>Read {@link io.polylog.metric.Meters} first. Any thread may enter.
 */
@NullMarked
package io.polylog.metric;

import org.jspecify.annotations.NullMarked;
