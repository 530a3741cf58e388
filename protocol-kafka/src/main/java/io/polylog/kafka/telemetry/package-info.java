/**
 * What clients tell of themselves (KIP-714): which metrics they are asked for, and what becomes of those that they push.
 *
 * <p>Read {@link io.polylog.kafka.telemetry.ClientTelemetry} first. Any thread; nothing blocks.
 */
@NullMarked
package io.polylog.kafka.telemetry;

import org.jspecify.annotations.NullMarked;
