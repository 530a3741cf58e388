/**
 * Files as the log sees them, so that tests can lose unforced bytes and tear writes.
 *
 * <p>Read {@link io.polylog.disk.Disk} and {@link io.polylog.disk.DiskFile} first.
 */
@NullMarked
package io.polylog.disk;

import org.jspecify.annotations.NullMarked;
