/**
 * Produce: batches are checked, on the event loop or by workers, and appended in the order they came.
 */
@NullMarked
package io.polylog.kafka.produce;

import org.jspecify.annotations.NullMarked;
