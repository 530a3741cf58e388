/**
 * Durable ordered maps behind a narrow interface; the only package that knows RocksDB.
 *
 * <p>Read {@link io.polylog.kv.KeyValueStore} and {@link io.polylog.kv.KvBudget} first. Reads and scans come from any
 * thread; each store is written by one thread, the apply thread of its replica group.
 */
@NullMarked
package io.polylog.kv;

import org.jspecify.annotations.NullMarked;
