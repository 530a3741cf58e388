package io.polylog.broker;

/**
 * Where partitions are kept.
 *
 * @param path of the data directory, absolute
 * @param totalBytes size of the disk that it is on
 * @param usableBytes what may still be written to that disk
 */
public record LogDirectory(String path, long totalBytes, long usableBytes) {}
