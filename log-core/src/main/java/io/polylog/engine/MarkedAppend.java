package io.polylog.engine;

import io.polylog.broker.AppendResult;

/**
 * What became of a batch with marks.
 *
 * @param result of what was appended; of the first record's first time if nothing was
 * @param offsets of each record of the batch, in its order; for one that was there already, of the first time
 */
@SuppressWarnings("ArrayRecordComponent") // made for one caller
public record MarkedAppend(AppendResult result, long[] offsets) {}
