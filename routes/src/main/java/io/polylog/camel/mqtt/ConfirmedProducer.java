package io.polylog.camel.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
import org.apache.camel.component.paho.mqtt5.PahoMqtt5Configuration;
import org.apache.camel.component.paho.mqtt5.PahoMqtt5Constants;
import org.apache.camel.support.DefaultProducer;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes each exchange as one MQTT message, and ends it well only if the broker has confirmed the message; at QoS 0 when
 * it is sent. Any thread; one message at a time, so they arrive in order.
 *
 * <p>Camel's own producer would lose messages: Eclipse Paho 1.2.5 takes a PUBACK for success whatever its reason code says
 * (MQTT 5 §3.4.2.1), so those that a broker refuses would count as delivered. And it waits without end for an answer that
 * does not come. So this one looks at the reason and waits with a limit; after a failure of the connection it makes a new
 * client, so that nothing of the old one, such as its topic aliases, can matter.
 */
final class ConfirmedProducer extends DefaultProducer {

    /** How long a broker may take to confirm a message or a connection, in milliseconds. */
    static final long PATIENCE_MS = 10_000;

    /** MQTT 5 §2.4: reason codes from here on are failures. */
    private static final int FIRST_FAILURE = 0x80;

    private static final Logger log = LoggerFactory.getLogger(ConfirmedProducer.class);

    private final MqttEndpoint endpoint;
    private @Nullable MqttAsyncClient client; // guarded by this

    ConfirmedProducer(MqttEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        synchronized (this) {
            connected();
        }
    }

    @Override
    protected void doStop() throws Exception {
        synchronized (this) {
            drop();
        }
        super.doStop();
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        Message in = exchange.getMessage();
        PahoMqtt5Configuration configuration = endpoint.getConfiguration();
        String topic = in.getHeader(PahoMqtt5Constants.CAMEL_PAHO_OVERRIDE_TOPIC, endpoint.getTopic(), String.class);
        MqttMessage message = new MqttMessage(payload(in));
        message.setQos(in.getHeader(PahoMqtt5Constants.CAMEL_PAHO_MSG_QOS, configuration.getQos(), Integer.class));
        message.setRetained(
                in.getHeader(PahoMqtt5Constants.CAMEL_PAHO_MSG_RETAINED, configuration.isRetained(), Boolean.class));
        message.setProperties(in.getHeader(PahoMqtt5Constants.CAMEL_PAHO_MSG_PROPERTIES, MqttProperties.class));
        publish(topic, message);
    }

    /** Camel's own conversion of text would use the platform's charset on Java 17. */
    private static byte[] payload(Message in) throws InvalidPayloadException {
        Object body = in.getBody();
        if (body == null) {
            return new byte[0];
        }
        return body instanceof String text ? text.getBytes(UTF_8) : in.getMandatoryBody(byte[].class);
    }

    private synchronized void publish(String topic, MqttMessage message) throws MqttException {
        MqttAsyncClient connected = connected();
        IMqttToken token;
        try {
            token = connected.publish(topic, message);
            token.waitForCompletion(PATIENCE_MS);
        } catch (MqttException failure) {
            drop();
            throw failure;
        }
        int[] reasons = token.getReasonCodes();
        if (message.getQos() > 0 && reasons != null && reasons.length > 0 && reasons[0] >= FIRST_FAILURE) {
            throw new MqttException(reasons[0]);
        }
    }

    private MqttAsyncClient connected() throws MqttException {
        MqttAsyncClient present = client;
        if (present != null && present.isConnected()) {
            return present;
        }
        drop();
        MqttConnectionOptions options = endpoint.connectionOptions();
        options.setAutomaticReconnect(false);
        MqttAsyncClient made = endpoint.createClient();
        client = made;
        try {
            made.connect(options).waitForCompletion(PATIENCE_MS);
        } catch (MqttException failure) {
            drop();
            throw failure;
        }
        return made;
    }

    /** Whatever state the client is in, no thread of it stays behind. */
    private void drop() {
        MqttAsyncClient old = client;
        client = null;
        if (old == null) {
            return;
        }
        try {
            if (old.isConnected()) {
                old.disconnect().waitForCompletion(TimeUnit.SECONDS.toMillis(1));
            } else {
                old.disconnectForcibly(0, 0, false);
            }
        } catch (MqttException gone) {
            log.atDebug().addKeyValue("cause", gone.toString()).log("MQTT client could not say goodbye");
        }
        try {
            old.close(true);
        } catch (MqttException stuck) {
            log.atDebug().addKeyValue("cause", stuck.toString()).log("MQTT client could not be closed");
        }
    }
}
