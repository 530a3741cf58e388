/**
 * The HTTP door: health and metrics.
 *
 * <p>Read {@link io.polylog.http.HttpAdapterFactory}, then {@code HttpConnection} (one request after the other on one
 * connection) and {@code Responder} (what each path answers). Connections are owned by their event loop; metrics are
 * gathered on a thread of their own.
 */
@NullMarked
package io.polylog.http;

import org.jspecify.annotations.NullMarked;
