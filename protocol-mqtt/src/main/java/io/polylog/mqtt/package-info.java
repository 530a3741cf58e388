/**
 * The MQTT door: versions 3.1, 3.1.1 and 5 on one port.
 *
 * <p>Read {@link io.polylog.mqtt.MqttAdapterFactory} first, then {@code io.polylog.mqtt.session}. Everything runs on the
 * event loops of the connections.
 */
@NullMarked
package io.polylog.mqtt;

import org.jspecify.annotations.NullMarked;
