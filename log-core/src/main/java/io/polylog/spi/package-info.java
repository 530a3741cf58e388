/**
 * What a protocol implements: {@link io.polylog.spi.ProtocolAdapterFactory}, found with {@code ServiceLoader}.
 *
 * <p>It speaks no protocol's language.
 */
@NullMarked
package io.polylog.spi;

import org.jspecify.annotations.NullMarked;
