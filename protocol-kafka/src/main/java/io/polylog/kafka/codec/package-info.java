/**
 * Framing and (de)serialisation around the message classes that kafka-clients generates from Kafka's own protocol files.
 *
 * <p>Read {@link io.polylog.kafka.codec.FrameDecoder} (bytes to frames), {@link io.polylog.kafka.codec.Request} (a frame
 * to a request) and {@link io.polylog.kafka.codec.ResponseEncoder} (a reply to buffers and file regions). Everything here
 * runs on the event loop of one connection.
 */
@NullMarked
package io.polylog.kafka.codec;

import org.jspecify.annotations.NullMarked;
