package io.polylog.record;

/**
 * What is wrong with one record of a batch.
 *
 * @param index place of the record in its batch, from 0
 */
public record RecordFault(int index, String message) {}
