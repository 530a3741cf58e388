package io.polylog.broker;

/**
 * Where a batch went.
 *
 * @param baseOffset offset of its first record; for a duplicate, of the first time
 * @param logAppendTimeMs when the log took it, milliseconds since the Unix epoch
 * @param logStartOffset the partition's first offset
 */
public record AppendResult(long baseOffset, long logAppendTimeMs, long logStartOffset) {}
