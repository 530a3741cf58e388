/**
 * What the access control list says to each API, before its handler hears of the request.
 *
 * <p>Read {@link io.polylog.kafka.guard.Guards} first, then any of the guards.
 */
@NullMarked
package io.polylog.kafka.guard;

import org.jspecify.annotations.NullMarked;
