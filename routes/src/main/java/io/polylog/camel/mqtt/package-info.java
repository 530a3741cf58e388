/**
 * Outputs to MQTT brokers elsewhere, in place of those of Camel's component {@code paho-mqtt5}, whose inputs and options
 * stay as they are. Read {@code ConfirmedProducer}: it says why. Camel's threads run it.
 */
@NullMarked
package io.polylog.camel.mqtt;

import org.jspecify.annotations.NullMarked;
