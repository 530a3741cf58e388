/**
 * MQTT packets on the wire: 3.1, 3.1.1 and 5.
 *
 * <p>Inbound bytes pass {@link io.polylog.mqtt.codec.MqttPipeline}: a framer that bounds every length before anything is
 * kept, the raw rules that Netty's decoder does not know, that decoder, and a validator. Outbound PUBLISH packets are
 * encoded once per audience by {@link io.polylog.mqtt.codec.OutboundPublish}; everything else by Netty's encoder.
 * Faults are {@link io.polylog.mqtt.codec.ProtocolViolation}s; nothing here answers or disconnects. Handlers are owned by
 * the connection's event loop.
 */
@NullMarked
package io.polylog.mqtt.codec;

import org.jspecify.annotations.NullMarked;
