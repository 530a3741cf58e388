package io.polylog.server.mapping;

import static io.polylog.server.mapping.MappingCase.HOUR_MS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.mapping.Lens.Carried;
import io.polylog.server.mapping.Lens.Delivered;
import io.polylog.server.mapping.Lens.Reader;
import io.polylog.server.mapping.Lens.Writer;
import io.polylog.server.mapping.Mqtt5Door.Mqtt5Message;
import io.polylog.server.paho.QuietCallback;
import io.polylog.testkit.GatewayExtension;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;

/** Eclipse Paho for MQTT 5, as a subscriber that asks for positions. */
final class Mqtt5Door extends Door<Mqtt5Message, Mqtt5Message> {

    /** A message and where it goes or comes from: the topic, then a suffix, which may be empty. */
    static final class Mqtt5Message {
        final MqttMessage message;
        String suffix;

        Mqtt5Message(String suffix, MqttMessage message) {
            this.suffix = suffix;
            this.message = message;
        }

        MqttProperties properties() {
            return message.getProperties();
        }

        void user(String name, String value) {
            List<UserProperty> more = new ArrayList<>(properties().getUserProperties());
            more.add(new UserProperty(name, value));
            properties().setUserProperties(more);
        }

        /** The values of a user property, with a bar between them; null if there is none. */
        String user(String name) {
            List<String> values = properties().getUserProperties().stream()
                    .filter(property -> property.getKey().equals(name))
                    .map(UserProperty::getValue)
                    .toList();
            return values.isEmpty() ? null : String.join("|", values);
        }
    }

    private final String topic;
    private final MqttAsyncClient client;
    private final BlockingQueue<Mqtt5Message> received = new LinkedBlockingQueue<>();

    Mqtt5Door(GatewayExtension gateway, String topic) throws MqttException {
        super("MQTT 5", "mqtt", MappingCase::mqtt5);
        this.topic = topic;
        client = new MqttAsyncClient("tcp://" + gateway.address("mqtt"), "mapping-5-" + topic, new MemoryPersistence());
        client.setCallback(new Inbox());
        client.connect().waitForCompletion(PATIENCE_MS);
        MqttSubscription all = new MqttSubscription(topic + "/#", 2);
        all.setRetainAsPublished(true);
        MqttProperties asks = new MqttProperties();
        asks.setUserProperties(List.of(new UserProperty("polylog-position", "true")));
        client.subscribe(new MqttSubscription[] {all}, null, null, asks).waitForCompletion(PATIENCE_MS);
    }

    static Lens<Mqtt5Message, Mqtt5Message> userProperty(String name) {
        return new Carried<>((draft, value) -> draft.user(name, value), message -> message.user(name));
    }

    /** A user property that repeats; its values with a bar between them. */
    static Lens<Mqtt5Message, Mqtt5Message> repeated(String name) {
        return new Carried<>(
                (draft, value) -> {
                    for (String one : value.split("\\|", -1)) {
                        draft.user(name, one);
                    }
                },
                message -> message.user(name));
    }

    /** A property of the packet. */
    static Lens<Mqtt5Message, Mqtt5Message> field(Writer<Mqtt5Message> writer, Reader<Mqtt5Message> reader) {
        return new Carried<>(writer, reader);
    }

    /** A message expiry interval of one hour, as a date: that long after the time that the gateway gave the record. */
    static Lens<Mqtt5Message, Mqtt5Message> hourToLive() {
        return new Carried<>(
                (draft, value) -> {
                    draft.properties().setMessageExpiryInterval(HOUR_MS / 1000);
                },
                message -> {
                    Long seconds = message.properties().getMessageExpiryInterval();
                    return seconds == null
                            ? null
                            : Long.toString(Long.parseLong(message.user("timestamp")) + seconds * 1000);
                });
    }

    /** Bytes that are no text, which clients get as {@code base64:} and cannot send; in hexadecimal. */
    static Lens<Mqtt5Message, Mqtt5Message> base64(String name) {
        return new Delivered<>(message -> {
            String text = message.user(name);
            return text == null || !text.startsWith("base64:")
                    ? null
                    : HexFormat.of().formatHex(Base64.getDecoder().decode(text.substring("base64:".length())));
        });
    }

    /** The type of a CloudEvent, whose attributes have their plain names. */
    static Lens<Mqtt5Message, Mqtt5Message> cloudEvent() {
        return new Carried<>(
                (draft, value) -> {
                    draft.user("specversion", "1.0");
                    draft.user("type", value);
                },
                message -> "1.0".equals(message.user("specversion")) ? message.user("type") : null);
    }

    /** A user property that the gateway alone sets. */
    static Lens<Mqtt5Message, Mqtt5Message> delivered(String name) {
        return new Delivered<>(message -> message.user(name));
    }

    @Override
    Mqtt5Message draft(String value) {
        return new Mqtt5Message("", new MqttMessage(value.getBytes(UTF_8), 1, false, new MqttProperties()));
    }

    @Override
    void publish(Mqtt5Message draft) throws MqttException {
        IMqttToken token = client.publish(topic + draft.suffix, draft.message);
        token.waitForCompletion(PATIENCE_MS);
        assertThat(token.getReasonCodes()).as("reason code").containsOnly(0);
    }

    @Override
    Mqtt5Message next() throws InterruptedException {
        Mqtt5Message message = received.poll(PATIENCE_MS, TimeUnit.MILLISECONDS);
        assertThat(message).as("a message comes").isNotNull();
        return message;
    }

    @Override
    public void close() throws MqttException {
        client.disconnect().waitForCompletion(PATIENCE_MS);
        client.close();
    }

    /** Keeps what comes. On the client's thread. */
    private final class Inbox extends QuietCallback {
        @Override
        public void messageArrived(String from, MqttMessage message) {
            received.add(new Mqtt5Message(from.substring(topic.length()), message));
        }
    }
}
