/**
 * The message model: immutable values without I/O and without Netty, laid out as Kafka's RecordBatch v2.
 *
 * <p>Read {@link io.polylog.record.Record} (one message), {@link io.polylog.record.RecordBatch} (the stored form) and
 * {@link io.polylog.record.BatchValidator} first. Any thread may enter: nothing here has state.
 */
@NullMarked
package io.polylog.record;

import org.jspecify.annotations.NullMarked;
