package io.polylog.kafka.codec;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameDecoderTest {

    private final FrameDecoder decoder = new FrameDecoder(4 << 20, new RequestMemory(8 << 20));
    private final EmbeddedChannel channel = new EmbeddedChannel(decoder);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 64, 70_000, 1 << 20})
    void joinsFramesWhateverTheChunks(int chunk) {
        decoder.peerUnderstood();
        byte[] first = bytes(300_000, 1);
        byte[] second = bytes(1, 2);
        ByteBuf stream = Unpooled.buffer();
        stream.writeInt(first.length).writeBytes(first).writeInt(second.length).writeBytes(second);
        while (stream.isReadable()) {
            channel.writeInbound(stream.readRetainedSlice(Math.min(chunk, stream.readableBytes())));
        }
        assertThat(channel.<ByteBuffer>readInbound().array()).isEqualTo(first);
        assertThat(channel.<ByteBuffer>readInbound().array()).isEqualTo(second);
        assertThat(channel.<ByteBuffer>readInbound()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, (512 << 10) + 1})
    void refusesLength(int length) {
        ByteBuf header = Unpooled.buffer().writeInt(length).writeBytes(new byte[100]);
        assertThatThrownBy(() -> channel.writeInbound(header)).isInstanceOf(MalformedRequestException.class);
        channel.writeInbound(Unpooled.buffer().writeInt(1).writeByte(7));
        assertThat(channel.<ByteBuffer>readInbound()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\n", "AMQP\0\1\0\0", "\20\44\0\4MQTT", "\26\3\1\2\0\1\0", "SSH-2.0-x\r\n"})
    void refusesGreetingsOfOtherProtocols(String greeting) {
        FrameDecoder largest = new FrameDecoder(100 << 20, new RequestMemory(100 << 20));
        EmbeddedChannel other = new EmbeddedChannel(largest);
        ByteBuf bytes = Unpooled.copiedBuffer(greeting, US_ASCII);
        assertThatThrownBy(() -> other.writeInbound(bytes)).isInstanceOf(MalformedRequestException.class);
    }

    @Test
    void acceptsLongFramesOnceThePeerIsUnderstood() {
        decoder.peerUnderstood();
        byte[] frame = bytes(4 << 20, 3);
        channel.writeInbound(Unpooled.buffer().writeInt(frame.length));
        channel.writeInbound(Unpooled.wrappedBuffer(frame));
        assertThat(channel.<ByteBuffer>readInbound().array()).isEqualTo(frame);
        assertThatThrownBy(() -> channel.writeInbound(Unpooled.buffer().writeInt((4 << 20) + 1)))
                .isInstanceOf(MalformedRequestException.class);
    }

    @Test
    void tellsWhetherARequestGetsOn() {
        channel.writeInbound(Unpooled.buffer().writeInt(10).writeByte(1));
        FrameDecoder.Progress begun = decoder.progress();
        assertThat(begun.gathering()).isTrue();
        assertThat(decoder.progress().isStuckSince(begun, 1)).isTrue();
        channel.writeInbound(Unpooled.buffer().writeByte(2));
        assertThat(decoder.progress().isStuckSince(begun, 1)).isFalse();
        assertThat(decoder.progress().isStuckSince(begun, 2)).isTrue();
        decoder.resumed();
        assertThat(decoder.progress().isStuckSince(begun, 2)).isFalse();
        channel.writeInbound(Unpooled.buffer().writeBytes(new byte[8]));
        assertThat(decoder.progress().gathering()).isFalse();
        channel.writeInbound(Unpooled.buffer().writeByte(0));
        assertThat(decoder.progress().isStuckSince(begun, 2)).isFalse();
    }

    @Test
    void largeFramesOfAllConnectionsShareOneLimit() {
        RequestMemory memory = new RequestMemory(5 << 20);
        EmbeddedChannel one = understood(memory);
        EmbeddedChannel two = understood(memory);
        one.writeInbound(Unpooled.buffer().writeInt(3 << 20));
        assertThatThrownBy(() -> two.writeInbound(Unpooled.buffer().writeInt(3 << 20)))
                .isInstanceOf(MalformedRequestException.class);
        one.close();
        EmbeddedChannel three = understood(memory);
        three.writeInbound(Unpooled.buffer().writeInt(3 << 20));
        three.writeInbound(Unpooled.wrappedBuffer(new byte[3 << 20]));
        assertThat(three.<ByteBuffer>readInbound().remaining()).isEqualTo(3 << 20);
        understood(memory).writeInbound(Unpooled.buffer().writeInt(4 << 20));
    }

    @Test
    void readersWaitForRoomAndAreWoken() {
        RequestMemory memory = new RequestMemory(100);
        memory.take(60);
        memory.take(60);
        assertThat(memory.hasRoom()).isFalse();
        int[] woken = new int[1];
        memory.whenRoom(() -> woken[0]++);
        memory.whenRoom(() -> woken[0]++);
        assertThat(woken[0]).isZero();
        memory.release(60);
        assertThat(woken[0]).isEqualTo(2);
        memory.whenRoom(() -> woken[0]++);
        assertThat(woken[0]).isEqualTo(3);
    }

    private static EmbeddedChannel understood(RequestMemory memory) {
        FrameDecoder frames = new FrameDecoder(4 << 20, memory);
        frames.peerUnderstood();
        return new EmbeddedChannel(frames);
    }

    private static byte[] bytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
