package io.polylog.log;

/**
 * Where a batch begins, or the next one will.
 *
 * @param segmentBase base offset of its segment
 * @param offset its base offset
 * @param position bytes from the segment's start
 */
record BatchPlace(long segmentBase, long offset, int position) {}
