package io.polylog.server.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.mapping.Lens.Carried;
import io.polylog.server.mapping.Lens.Delivered;
import io.polylog.server.mapping.Lens.Reader;
import io.polylog.server.mapping.Lens.Writer;
import io.polylog.testkit.GatewayExtension;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.protonj2.client.AdvancedMessage;
import org.apache.qpid.protonj2.client.Client;
import org.apache.qpid.protonj2.client.Connection;
import org.apache.qpid.protonj2.client.Delivery;
import org.apache.qpid.protonj2.client.Message;
import org.apache.qpid.protonj2.client.Receiver;
import org.apache.qpid.protonj2.client.Sender;
import org.apache.qpid.protonj2.client.exceptions.ClientException;
import org.apache.qpid.protonj2.types.Binary;
import org.apache.qpid.protonj2.types.messaging.AmqpValue;
import org.apache.qpid.protonj2.types.messaging.Data;

/** Qpid's ProtonJ2 client, which lets an application see every section of a message. */
final class AmqpDoor extends Door<AdvancedMessage<byte[]>, AdvancedMessage<Object>> {

    private final Client client;
    private final Connection connection;
    private final Sender sender;
    private final Receiver receiver;

    AmqpDoor(GatewayExtension gateway, String topic) throws Exception {
        super("AMQP 1.0", "amqp", MappingCase::amqp);
        client = Client.create();
        connection = client.connect("127.0.0.1", gateway.port("amqp"));
        sender = connection.openSender(topic);
        receiver = connection.openReceiver(topic);
        Object unused = receiver.openFuture().get(PATIENCE_MS, TimeUnit.MILLISECONDS);
    }

    /** A field of a section. */
    static Lens<AdvancedMessage<byte[]>, AdvancedMessage<Object>> field(
            Writer<AdvancedMessage<byte[]>> writer, Reader<AdvancedMessage<Object>> reader) {
        return new Carried<>(writer, reader);
    }

    /** An application property that is a string. */
    static Lens<AdvancedMessage<byte[]>, AdvancedMessage<Object>> property(String name) {
        return new Carried<>((draft, value) -> draft.property(name, value), message -> text(message.property(name)));
    }

    /** A message annotation that is a string. */
    static Lens<AdvancedMessage<byte[]>, AdvancedMessage<Object>> annotation(String name) {
        return new Carried<>(
                (draft, value) -> draft.annotation(name, value), message -> text(message.annotation(name)));
    }

    /** An application property that is a list of strings, with a bar between them. */
    static Lens<AdvancedMessage<byte[]>, AdvancedMessage<Object>> list(String name) {
        return new Carried<>(
                (draft, value) -> draft.property(name, List.of(value.split("\\|", -1))),
                message -> message.property(name) instanceof List<?> values
                        ? String.join(
                                "|", values.stream().map(String.class::cast).toList())
                        : null);
    }

    /** A message annotation that the gateway alone sets. */
    static Lens<AdvancedMessage<byte[]>, AdvancedMessage<Object>> delivered(String name) {
        return new Delivered<>(message -> text(message.annotation(name)));
    }

    /** A body that is the value null. */
    static Lens<AdvancedMessage<byte[]>, AdvancedMessage<Object>> nullValue() {
        return new Carried<>(
                (draft, value) -> draft.clearBodySections().addBodySection(new AmqpValue<>(null)),
                message ->
                        message.bodySections().iterator().next() instanceof AmqpValue<?> body && body.getValue() == null
                                ? "null"
                                : null);
    }

    /** A body that is a string value. */
    static Lens<AdvancedMessage<byte[]>, AdvancedMessage<Object>> stringValue() {
        return new Carried<>(
                (draft, value) -> draft.clearBodySections().addBodySection(new AmqpValue<>(value)),
                message -> message.bodySections().iterator().next() instanceof AmqpValue<?> body
                                && body.getValue() instanceof String text
                        ? text
                        : null);
    }

    /** An application property that is an int and stays one. */
    static Lens<AdvancedMessage<byte[]>, AdvancedMessage<Object>> number(String name) {
        return new Carried<>(
                (draft, value) -> draft.property(name, Integer.valueOf(value)),
                message -> message.property(name) instanceof Integer number ? number.toString() : null);
    }

    /** An application property that is a binary, in hexadecimal. */
    static Lens<AdvancedMessage<byte[]>, AdvancedMessage<Object>> binary(String name) {
        return new Carried<>(
                (draft, value) -> draft.property(name, new Binary(HexFormat.of().parseHex(value))),
                message -> message.property(name) instanceof Binary binary
                        ? HexFormat.of().formatHex(binary.asByteArray())
                        : null);
    }

    /** The type of a CloudEvent in binary mode; it is read with an underscore. */
    static Lens<AdvancedMessage<byte[]>, AdvancedMessage<Object>> cloudEvent(String prefix) {
        return new Carried<>(
                (draft, value) -> draft.property(prefix + "specversion", "1.0").property(prefix + "type", value),
                message -> "1.0".equals(message.property("cloudEvents_specversion"))
                        ? text(message.property("cloudEvents_type"))
                        : null);
    }

    static String text(Object value) {
        return value == null ? null : value.toString();
    }

    /** The content of a data section. */
    static String data(AdvancedMessage<Object> message) throws ClientException {
        return message.bodySections().iterator().next() instanceof Data data
                ? new String(data.getValue(), UTF_8)
                : null;
    }

    @Override
    AdvancedMessage<byte[]> draft(String value) {
        try {
            return Message.create(value.getBytes(UTF_8)).toAdvancedMessage();
        } catch (ClientException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    void publish(AdvancedMessage<byte[]> draft) throws Exception {
        Object unused = sender.send(draft).awaitAccepted(PATIENCE_MS, TimeUnit.MILLISECONDS);
    }

    @Override
    AdvancedMessage<Object> next() throws Exception {
        Delivery delivery = receiver.receive(PATIENCE_MS, TimeUnit.MILLISECONDS);
        assertThat(delivery).as("a message comes").isNotNull();
        Message<Object> message = delivery.message();
        return message.toAdvancedMessage();
    }

    @Override
    public void close() {
        connection.close();
        client.close();
    }
}
