/**
 * One partition on one disk: segments of record batches, their index, and the table of leader epochs.
 *
 * <p>Read {@link io.polylog.log.PartitionLog} first, then {@code LogReader} (what readers see) and {@code Segment}.
 *
 * <p>Threads: the apply thread of the partition's replica group appends and publishes; any thread reads what is
 * published, without locks; a checkpoint thread may force. One volatile {@code LogView} is all that readers and the
 * writer share.
 */
@NullMarked
package io.polylog.log;

import org.jspecify.annotations.NullMarked;
