/**
 * What every handler stands on: the call it answers, who asks and what they may do, the topics that requests name, and the
 * errors that Kafka has for what goes wrong.
 *
 * <p>Read {@link io.polylog.kafka.call.Call} and {@link io.polylog.kafka.call.RequestHandler} first.
 */
@NullMarked
package io.polylog.kafka.call;

import org.jspecify.annotations.NullMarked;
