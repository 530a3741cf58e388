package io.polylog.camel.mqtt;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.component.paho.mqtt5.PahoMqtt5Component;
import org.apache.camel.spi.annotations.Component;

/** Camel's {@code paho-mqtt5}, with outputs that go on only when the broker has said that it took the message. */
@Component("paho-mqtt5") // by this name Camel finds what sets the options
public final class MqttComponent extends PahoMqtt5Component {

    @Override
    protected Endpoint createEndpoint(String uri, String topic, Map<String, Object> parameters) throws Exception {
        MqttEndpoint endpoint =
                new MqttEndpoint(uri, topic, this, getConfiguration().copy());
        setProperties(endpoint, parameters);
        return endpoint;
    }
}
