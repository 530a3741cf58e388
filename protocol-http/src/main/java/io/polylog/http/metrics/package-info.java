/**
 * The gateway's meters on Micrometer, in Prometheus' text format.
 *
 * <p>Read {@link io.polylog.http.metrics.MicrometerMeters}, which whoever wires the gateway hands to the log and to every
 * adapter. Any thread may enter.
 */
@NullMarked
package io.polylog.http.metrics;

import org.jspecify.annotations.NullMarked;
