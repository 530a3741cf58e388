/**
 * ShareFetch and ShareAcknowledge (KIP-932): sessions, what their members hold of the share ledger, and its settling.
 */
@NullMarked
package io.polylog.kafka.share;

import org.jspecify.annotations.NullMarked;
