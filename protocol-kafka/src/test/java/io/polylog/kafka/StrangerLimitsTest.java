package io.polylog.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.polylog.config.Settings;
import io.polylog.testkit.TestGateway;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What somebody may hold, and for how long, who has not proved who it is. Time stands still but where a test turns it. */
class StrangerLimitsTest {

    private static final int TIMEOUT_MS = 10_000;

    @TempDir
    static Path directory;

    private static TestGateway gateway;

    private KafkaAdapter adapter;
    private EmbeddedChannel channel;

    @BeforeAll
    static void start() throws Exception {
        gateway = TestGateway.start(directory);
    }

    @AfterAll
    static void stop() throws Exception {
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    @BeforeEach
    void connect() throws Exception {
        adapter = new KafkaAdapter(
                gateway.context(),
                Settings.of(Map.of(
                        "kafka.sasl.mechanisms",
                        "SCRAM-SHA-256",
                        "kafka.request-timeout-ms",
                        Integer.toString(TIMEOUT_MS))));
        channel = new EmbeddedChannel(new ChannelInitializer<EmbeddedChannel>() {
            @Override
            protected void initChannel(EmbeddedChannel fresh) {
                fresh.freezeTime();
                adapter.connected(fresh);
            }
        });
    }

    @AfterEach
    void hangUp() {
        channel.finishAndReleaseAll();
        adapter.close();
    }

    /** What can be said again and again without proving anything. */
    private enum Talk {
        NOTHING,
        ONE_BYTE,
        API_VERSIONS,
        HANDSHAKES,
        TOKENS
    }

    private ByteBuf say(Talk talk) {
        return switch (talk) {
            case NOTHING -> Unpooled.EMPTY_BUFFER;
            case ONE_BYTE -> Unpooled.copiedBuffer(new byte[1]);
            case API_VERSIONS -> request(18, 0, 0);
            case HANDSHAKES -> request(17, 1, 0);
            case TOKENS -> request(36, 0, 4);
        };
    }

    /** With a body of so many zeros. */
    private static ByteBuf request(int key, int version, int bodyBytes) {
        return request(key, version, "", new byte[bodyBytes]);
    }

    private static ByteBuf request(int key, int version, String clientId, byte... body) {
        byte[] name = clientId.getBytes(StandardCharsets.UTF_8);
        ByteBuffer frame = ByteBuffer.allocate(4 + 10 + name.length + body.length);
        frame.putInt(frame.capacity() - 4).putShort((short) key).putShort((short) version);
        frame.putInt(1).putShort((short) name.length).put(name).put(body);
        return Unpooled.wrappedBuffer(frame.array());
    }

    @ParameterizedTest
    @EnumSource
    void whoProvesNothingIsClosedInTimeWhateverItSays(Talk talk) {
        for (int second = 1; second < TIMEOUT_MS / 1_000 && channel.isActive(); second++) {
            channel.writeInbound(say(talk));
            channel.advanceTimeBy(1, TimeUnit.SECONDS);
            channel.runPendingTasks();
            channel.releaseOutbound();
        }
        channel.advanceTimeBy(1, TimeUnit.SECONDS);
        channel.runPendingTasks();
        assertThat(channel.isActive()).isFalse();
    }

    @Test
    void whatStrangersSayAheadIsNotGathered() {
        channel.writeInbound(say(Talk.TOKENS)); // is answered after a while, which is not over yet
        int sent = 0;
        while (channel.config().isAutoRead() && sent < KafkaConnection.MAX_BYTES_IN_FLIGHT) {
            ByteBuf more = request(18, 0, "x".repeat(Short.MAX_VALUE));
            sent += more.readableBytes();
            channel.writeInbound(more);
        }
        assertThat(channel.isActive()).isTrue();
        assertThat(sent).isLessThan(KafkaConnection.MAX_STRANGER_BYTES_IN_FLIGHT + 2 * Short.MAX_VALUE);
    }
}
