package io.polylog.kafka.telemetry;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.telemetry.Client.Software;
import java.net.InetSocketAddress;
import org.apache.kafka.common.message.ApiVersionsRequestData;

/** What a connection remembers of its client for {@link ClientTelemetry}. */
public final class ClientTraits {

    private static final AttributeKey<Software> SOFTWARE = AttributeKey.valueOf(ClientTraits.class, "software");
    private static final AttributeKey<Seat> SEAT = AttributeKey.valueOf(ClientTraits.class, "seat");

    private ClientTraits() {}

    /** Remembers what a client says it is made of (KIP-511). */
    public static void remember(Call call, ApiVersionsRequestData request) {
        boolean fits = request.clientSoftwareName().length() <= Software.MOST_CHARACTERS
                && request.clientSoftwareVersion().length() <= Software.MOST_CHARACTERS;
        if (fits) {
            call.channel()
                    .attr(SOFTWARE)
                    .set(new Software(request.clientSoftwareName(), request.clientSoftwareVersion()));
        }
    }

    static Client client(Call call) {
        Channel channel = call.channel();
        Software software = channel.attr(SOFTWARE).get();
        return new Client(
                call.login().principal().name(),
                call.request().clientId(),
                software == null ? Software.UNKNOWN : software,
                call.caller().address(),
                channel.remoteAddress() instanceof InetSocketAddress known ? known.getPort() : 0);
    }

    /** The connection's own, which ends with it. */
    static Seat seat(Call call, ClientTelemetry telemetry) {
        Channel channel = call.channel();
        Seat known = channel.attr(SEAT).get();
        if (known != null) {
            return known;
        }
        Seat seat = new Seat();
        channel.attr(SEAT).set(seat);
        channel.closeFuture().addListener(closed -> telemetry.left(seat));
        return seat;
    }
}
