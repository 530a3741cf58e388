/**
 * Fetch (KIP-227 sessions among it): what a request asks for, the waiting for it, and the answer.
 */
@NullMarked
package io.polylog.kafka.fetch;

import org.jspecify.annotations.NullMarked;
