package io.polylog.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * One message on its way to any number of subscribers. What is equal for several of them is encoded once: topic and
 * properties always, the whole packet for QoS 0, and a large payload lies in one direct buffer that all share. Per
 * recipient remain the packet identifier and, if it has any, subscription identifiers.
 *
 * <p>Owned by one event loop; {@link #release} frees the shared buffers once every recipient has been written to.
 */
public final class OutboundPublish {

    /** A payload up to this many bytes is copied behind its head: cheaper than a second entry in the write queue. */
    private static final int COPIED_PAYLOAD_BYTES = 4096;

    private static final int PUBLISH = 0x30;
    private static final int DUP = 0x08;
    private static final int[] NO_IDENTIFIERS = {};

    /** Version, QoS, retain. */
    private static final int VARIANTS = 12;

    private final byte[] topic;
    private final byte[] payload;
    private final PublishProperties properties;
    private byte @Nullable [] encodedProperties;
    private @Nullable ByteBuf sharedPayload;

    /** Heads, and whole packets of QoS 0, by {@link #variant}. */
    private final byte[] @Nullable [] heads = new byte[VARIANTS][];

    private final @Nullable ByteBuf[] packets = new ByteBuf[VARIANTS];

    /**
     * @param topic UTF-8, at most 65,535 bytes
     * @param payload shared, not copied
     */
    public OutboundPublish(byte[] topic, byte[] payload, PublishProperties properties) {
        this.topic = topic;
        this.payload = payload;
        this.properties = properties;
    }

    /**
     * How one recipient wants it.
     *
     * @param dup whether it may have been sent before; never with QoS 0
     * @param subscriptionIds of MQTT 5 subscriptions that matched; empty for none
     */
    @SuppressWarnings("ArrayRecordComponent") // lives for one call
    public record Form(boolean mqtt5, int qos, boolean retain, boolean dup, int[] subscriptionIds) {
        public static Form of(boolean mqtt5, int qos, boolean retain) {
            return new Form(mqtt5, qos, retain, false, NO_IDENTIFIERS);
        }
    }

    /** What a client of MQTT 5 gets and one of MQTT 3.1.1 does not. */
    public PublishProperties properties() {
        return properties;
    }

    public int payloadBytes() {
        return payload.length;
    }

    /** Size of the whole packet in bytes: what a client's Maximum Packet Size limits (MQTT 5 §3.1.2.11.4). */
    public long sizeInBytes(Form form) {
        long remaining = remainingLength(form);
        return 1 + variableIntBytes(remaining) + remaining;
    }

    /**
     * Writes, without flushing.
     *
     * @param packetId ignored for QoS 0
     */
    public void write(ChannelHandlerContext ctx, Form form, int packetId) {
        int variant = variant(form);
        boolean shareable = form.subscriptionIds.length == 0;
        if (shareable && form.qos == 0 && payload.length <= COPIED_PAYLOAD_BYTES) {
            ByteBuf packet = packets[variant];
            if (packet == null) {
                packet = assemble(ctx.alloc(), head(form, variant), form, 0);
                packets[variant] = packet;
            }
            ctx.write(packet.retainedDuplicate(), ctx.voidPromise());
            return;
        }
        byte[] head = shareable ? head(form, variant) : encodeHead(form);
        ctx.write(assemble(ctx.alloc(), head, form, packetId), ctx.voidPromise());
        if (payload.length > COPIED_PAYLOAD_BYTES) {
            ctx.write(sharedPayload(ctx.alloc()).retainedDuplicate(), ctx.voidPromise());
        }
    }

    /** Lets go of the shared buffers; what was written keeps its own references. It may be written again, and released. */
    public void release() {
        if (sharedPayload != null) {
            sharedPayload.release();
            sharedPayload = null;
        }
        for (int i = 0; i < packets.length; i++) {
            ByteBuf packet = packets[i];
            if (packet != null) {
                packet.release();
                packets[i] = null;
            }
        }
    }

    private ByteBuf assemble(ByteBufAllocator allocator, byte[] head, Form form, int packetId) {
        boolean copyPayload = payload.length <= COPIED_PAYLOAD_BYTES;
        ByteBuf packet = allocator.directBuffer(head.length + (copyPayload ? payload.length : 0));
        packet.writeBytes(head);
        if (form.qos > 0) {
            int remainingBytes = variableIntBytes(remainingLength(form));
            packet.setShort(1 + remainingBytes + 2 + topic.length, packetId);
            if (form.dup) {
                packet.setByte(0, packet.getByte(0) | DUP);
            }
        }
        if (copyPayload) {
            packet.writeBytes(payload);
        }
        return packet;
    }

    private ByteBuf sharedPayload(ByteBufAllocator allocator) {
        ByteBuf shared = sharedPayload;
        if (shared == null) {
            shared = allocator.directBuffer(payload.length).writeBytes(payload);
            sharedPayload = shared;
        }
        return shared;
    }

    private byte[] head(Form form, int variant) {
        byte[] head = heads[variant];
        if (head == null) {
            head = encodeHead(form);
            heads[variant] = head;
        }
        return head;
    }

    /** Everything before the payload, with a packet identifier of zero (MQTT 5 §3.3.1, §3.3.2). */
    private byte[] encodeHead(Form form) {
        long remaining = remainingLength(form);
        byte[] head = new byte[(int) (1 + variableIntBytes(remaining) + remaining - payload.length)];
        head[0] = (byte) (PUBLISH | (form.qos << 1) | (form.retain ? 1 : 0));
        int index = variableInt(head, 1, (int) remaining);
        head[index++] = (byte) (topic.length >>> 8);
        head[index++] = (byte) topic.length;
        System.arraycopy(topic, 0, head, index, topic.length);
        index += topic.length + (form.qos > 0 ? 2 : 0);
        if (form.mqtt5) {
            byte[] shared = encodedProperties();
            index = variableInt(head, index, shared.length + subscriptionIdBytes(form));
            for (int id : form.subscriptionIds) {
                head[index++] = io.netty.handler.codec.mqtt.MqttProperties.SUBSCRIPTION_IDENTIFIER;
                index = variableInt(head, index, id);
            }
            System.arraycopy(shared, 0, head, index, shared.length);
        }
        return head;
    }

    private long remainingLength(Form form) {
        long length = 2L + topic.length + (form.qos > 0 ? 2 : 0) + payload.length;
        if (form.mqtt5) {
            int propertyBytes = encodedProperties().length + subscriptionIdBytes(form);
            length += variableIntBytes(propertyBytes) + propertyBytes;
        }
        return length;
    }

    private byte[] encodedProperties() {
        byte[] encoded = encodedProperties;
        if (encoded == null) {
            encoded = PropertyWriter.encode(properties);
            encodedProperties = encoded;
        }
        return encoded;
    }

    private static int subscriptionIdBytes(Form form) {
        int bytes = 0;
        for (int id : form.subscriptionIds) {
            bytes += 1 + variableIntBytes(id);
        }
        return bytes;
    }

    private static int variant(Form form) {
        return (form.mqtt5 ? VARIANTS / 2 : 0) + 2 * form.qos + (form.retain ? 1 : 0);
    }

    /** Bytes of a Variable Byte Integer; 5 stands for one that does not fit (MQTT 5 §1.5.5). */
    private static int variableIntBytes(long value) {
        int bytes = 1;
        for (long rest = value >>> 7; rest != 0 && bytes < 5; rest >>>= 7) {
            bytes++;
        }
        return bytes;
    }

    private static int variableInt(byte[] target, int index, int value) {
        int rest = value;
        int at = index;
        while (rest > 0x7F) {
            target[at++] = (byte) ((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        target[at++] = (byte) rest;
        return at;
    }
}
