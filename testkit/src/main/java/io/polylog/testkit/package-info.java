/**
 * What tests need to hold a gateway in their hands: a clock they turn, a disk that fails, a gateway in this process.
 *
 * <p>Read {@link io.polylog.testkit.TestGateway} and {@link io.polylog.testkit.FaultyDisk} first. Test scope only.
 */
@NullMarked
package io.polylog.testkit;

import org.jspecify.annotations.NullMarked;
