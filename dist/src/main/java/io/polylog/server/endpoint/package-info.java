/**
 * Where a running gateway can be reached, as it says itself.
 *
 * <p>Read {@link io.polylog.server.endpoint.Endpoints} first. Immutable; any thread.
 */
@NullMarked
package io.polylog.server.endpoint;

import org.jspecify.annotations.NullMarked;
