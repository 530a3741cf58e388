/**
 * From a committed offset to a consumer that has room for it.
 *
 * <p>Read {@link io.polylog.dispatch.Cursor} first: one reader's position in one partition. Cursors are owned by the
 * executor that they were opened with.
 */
@NullMarked
package io.polylog.dispatch;

import org.jspecify.annotations.NullMarked;
