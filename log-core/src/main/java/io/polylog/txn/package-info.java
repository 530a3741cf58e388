/**
 * Transactions over partitions (KIP-98, KIP-360, KIP-890), without a protocol: what a transactional id's state is and how it
 * may change. Read {@link io.polylog.txn.TransactionCoordinator} first, the port; then {@link io.polylog.txn.Transaction}, the
 * rules. Values only, for any thread; the state itself is kept by {@code io.polylog.engine}, and {@code io.polylog.node} turns
 * decisions into markers and keeps the time.
 */
@NullMarked
package io.polylog.txn;

import org.jspecify.annotations.NullMarked;
