package io.polylog.camel.mqtt;

import org.apache.camel.Producer;
import org.apache.camel.component.paho.mqtt5.PahoMqtt5Configuration;
import org.apache.camel.component.paho.mqtt5.PahoMqtt5Endpoint;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;

/** A topic of a broker elsewhere. */
final class MqttEndpoint extends PahoMqtt5Endpoint {

    MqttEndpoint(String uri, String topic, MqttComponent component, PahoMqtt5Configuration configuration) {
        super(uri, topic, component, configuration);
    }

    @Override
    public Producer createProducer() {
        return new ConfirmedProducer(this);
    }

    /** A new client that is not connected; it keeps nothing, since what is not confirmed is still in the log. */
    MqttAsyncClient createClient() throws MqttException {
        String id = getConfiguration().getClientId();
        return new MqttAsyncClient(
                getConfiguration().getBrokerUrl(), id == null ? generateClientId() : id, new MemoryPersistence());
    }

    MqttConnectionOptions connectionOptions() {
        return createMqttConnectionOptions();
    }
}
