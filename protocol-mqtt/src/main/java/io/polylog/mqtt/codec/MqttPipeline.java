package io.polylog.mqtt.codec;

import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import java.util.function.Function;

/** Puts the codec and a connection's handler into a pipeline, in the one order that works. */
public final class MqttPipeline {

    /** Longest client identifier of MQTT 3.1, which says 23; nobody keeps to that, so it is as long as text can be. */
    private static final int MAX_CLIENT_ID_CHARS = 65_535;

    private MqttPipeline() {}

    /**
     * @param handler makes the last handler; it receives valid {@code MqttMessage}s, and {@link ProtocolViolation}s as
     *     exceptions
     */
    public static void install(
            ChannelPipeline pipeline, PacketLimits limits, Function<WireVersion, ChannelInboundHandler> handler) {
        WireVersion version = new WireVersion();
        PacketValidator validator = new PacketValidator();
        pipeline.addLast("framer", new PacketFramer(limits, version, validator));
        pipeline.addLast("decoder", new MqttDecoder(limits.maxPacketBytes(), MAX_CLIENT_ID_CHARS));
        pipeline.addLast("encoder", MqttEncoder.INSTANCE);
        pipeline.addLast("validator", validator);
        pipeline.addLast("connection", handler.apply(version));
    }
}
