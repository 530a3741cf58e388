/**
 * Stream-group membership and committed offsets: Kafka's own coordinator, embedded.
 *
 * <p>Read {@link io.polylog.group.GroupCoordinator} first: the port. Its implementation is the only place that imports
 * Kafka's coordinator classes.
 */
@NullMarked
package io.polylog.group;

import org.jspecify.annotations.NullMarked;
