/**
 * The mapping contract on MQTT's side: records as messages, messages as records, and log topics in the MQTT topic tree.
 * Nothing here knows connections or sessions.
 */
@NullMarked
package io.polylog.mqtt.message;

import org.jspecify.annotations.NullMarked;
