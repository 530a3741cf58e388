package io.polylog.log;

/**
 * Where a batch begins, or the next one will.
 *
 * @param segment where it is; a later generation of the segment has it elsewhere
 * @param offset its base offset
 * @param position bytes from the segment's start
 */
record BatchPlace(SegmentName segment, long offset, int position) {}
