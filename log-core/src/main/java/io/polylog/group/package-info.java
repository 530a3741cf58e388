/**
 * Stream-group membership and committed offsets: Kafka's own coordinator, embedded.
 *
 * <p>Read {@link io.polylog.group.GroupCoordinator} first: the port. Then {@link
 * io.polylog.group.EmbeddedGroupCoordinator}, which starts the coordinator on the first request, and {@code
 * RunningCoordinator}, where it is put together from a writer, a loader, a timer and an image of the topics. This
 * package is the only one that imports Kafka's coordinator classes; they are internal to Kafka and change with every
 * release, so the version is pinned and the tests here are the contract to check before it moves.
 *
 * <p>Threads: any thread calls the port. Inside run one event thread, one for assignments and one timer for all groups,
 * and a worker that loads and ends when idle. Apply threads enter when an append is durable.
 */
@NullMarked
package io.polylog.group;

import org.jspecify.annotations.NullMarked;
