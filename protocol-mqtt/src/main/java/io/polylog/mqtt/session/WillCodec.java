package io.polylog.mqtt.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.mqtt.codec.PublishProperties;
import io.polylog.mqtt.codec.PublishProperties.UserProperty;
import io.polylog.mqtt.message.Message;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a session keeps a will: int8 version 1, int8 QoS, int8 retain, topic, payload, int8 payload format, int64 expiry in
 * seconds, content type, response topic, correlation data, int32 count of user properties, for each name and value. Texts and
 * bytes are an int32 length, -1 for none, and what it counts.
 */
final class WillCodec {

    private static final byte VERSION = 1;

    private WillCodec() {}

    static byte[] encode(Message message) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 + message.payload().length);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            PublishProperties properties = message.properties();
            out.writeByte(VERSION);
            out.writeByte(message.qos());
            out.writeBoolean(message.retain());
            write(out, message.topic());
            write(out, message.payload());
            out.writeByte(properties.payloadFormat());
            out.writeLong(properties.expirySeconds());
            write(out, properties.contentType());
            write(out, properties.responseTopic());
            write(out, properties.correlationData());
            out.writeInt(properties.userProperties().size());
            for (UserProperty property : properties.userProperties()) {
                write(out, property.name());
                write(out, property.value());
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    /**
     * @throws IllegalStateException if the bytes are not a will of this version
     */
    static Message decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (in.readByte() != VERSION) {
                throw new IllegalStateException("will of version " + bytes[0]);
            }
            int qos = in.readByte();
            boolean retain = in.readBoolean();
            String topic = required(readText(in));
            byte[] payload = required(readBytes(in));
            int payloadFormat = in.readByte();
            long expirySeconds = in.readLong();
            String contentType = readText(in);
            String responseTopic = readText(in);
            byte[] correlationData = readBytes(in);
            int count = in.readInt();
            List<UserProperty> user = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                user.add(new UserProperty(required(readText(in)), required(readText(in))));
            }
            return new Message(
                    topic,
                    qos,
                    retain,
                    payload,
                    new PublishProperties(
                            payloadFormat, expirySeconds, contentType, responseTopic, correlationData, user));
        } catch (IOException truncated) {
            throw new IllegalStateException("will of " + bytes.length + " bytes is cut short", truncated);
        }
    }

    private static void write(DataOutputStream out, @Nullable String text) throws IOException {
        write(out, text == null ? null : text.getBytes(UTF_8));
    }

    private static void write(DataOutputStream out, byte @Nullable [] bytes) throws IOException {
        if (bytes == null) {
            out.writeInt(-1);
        } else {
            out.writeInt(bytes.length);
            out.write(bytes);
        }
    }

    private static @Nullable String readText(DataInputStream in) throws IOException {
        byte[] bytes = readBytes(in);
        return bytes == null ? null : new String(bytes, UTF_8);
    }

    private static byte @Nullable [] readBytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        return length < 0 ? null : in.readNBytes(length);
    }

    private static <T> T required(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("will without a part that it must have");
        }
        return part;
    }
}
