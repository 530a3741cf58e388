package io.polylog.server.mapping;

import io.polylog.server.mapping.KafkaDoor.KafkaDraft;
import io.polylog.server.mapping.Mqtt3Door.Mqtt3Message;
import io.polylog.server.mapping.Mqtt5Door.Mqtt5Message;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.qpid.protonj2.client.AdvancedMessage;

/**
 * One field, as the clients of every protocol write and read it.
 *
 * @param sample what a client that can sets the field to
 * @param unset what the record has when the client has not set it
 */
record MappingCase(
        String name,
        Value sample,
        Value unset,
        Lens<KafkaDraft, ConsumerRecord<byte[], byte[]>> kafka,
        Lens<AdvancedMessage<byte[]>, AdvancedMessage<Object>> amqp,
        Lens<Mqtt5Message, Mqtt5Message> mqtt5,
        Lens<Mqtt3Message, Mqtt3Message> mqtt3) {

    MappingCase {
        Objects.requireNonNull(kafka, name + " of Kafka");
        Objects.requireNonNull(amqp, name + " of AMQP 1.0");
        Objects.requireNonNull(mqtt5, name + " of MQTT 5");
        Objects.requireNonNull(mqtt3, name + " of MQTT 3.1.1");
    }

    /** Life of the samples that expire, milliseconds. */
    static final long HOUR_MS = 3_600_000;

    /** When and where the record is appended: the gateway's clock in milliseconds since the epoch, and the offset. */
    record Append(long nowMs, long offset) {}

    /** A value of a field, which may depend on when and where the record is; null for none. */
    @FunctionalInterface
    interface Value {
        String at(Append append);

        static Value of(String text) {
            return append -> text;
        }

        static Value none() {
            return append -> null;
        }
    }

    /** A header that Kafka clients see as it is. */
    static MappingCase header(
            String name,
            String sample,
            Lens<AdvancedMessage<byte[]>, AdvancedMessage<Object>> amqp,
            Lens<Mqtt5Message, Mqtt5Message> mqtt5,
            Lens<Mqtt3Message, Mqtt3Message> mqtt3) {
        return new MappingCase(name, Value.of(sample), Value.none(), KafkaDoor.header(name), amqp, mqtt5, mqtt3);
    }

    @Override
    public String toString() {
        return name;
    }
}
