/**
 * AMQP 1.0 message sections to and from records, as the mapping contract says.
 *
 * <p>Read {@link io.polylog.amqp.message.MessageDecoder} and {@link io.polylog.amqp.message.MessageEncoder} first; their
 * Javadoc holds the table of what becomes what. Decoders and encoders are owned by one event loop each; everything else
 * is a value.
 */
@NullMarked
package io.polylog.amqp.message;

import org.jspecify.annotations.NullMarked;
