/**
 * Micro-benchmarks with JMH, one class for each operation whose cost is argued about. Run by hand, never shipped.
 *
 * <p>Read {@code RecordBatchBenchmark} first.
 */
@NullMarked
package io.polylog.benchmark;

import org.jspecify.annotations.NullMarked;
