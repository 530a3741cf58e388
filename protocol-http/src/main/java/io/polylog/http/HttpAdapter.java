package io.polylog.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import io.polylog.metric.Meters;
import io.polylog.spi.ProtocolAdapter;
import io.polylog.spi.Readiness;
import io.polylog.spi.Reports;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.List;

/** One HTTP listener: gives each connection its codec, its limits and its {@link HttpConnection}. */
final class HttpAdapter implements ProtocolAdapter {

    /** Longest request line, in bytes; beyond it 414. */
    static final int MAX_LINE_BYTES = 4 * 1024;

    /** Most bytes of all header lines of one request; beyond it 431. */
    static final int MAX_HEADER_BYTES = 8 * 1024;

    /** Most bytes of a request's body, which no path reads; beyond it 413. */
    static final int MAX_BODY_BYTES = 8 * 1024;

    private final Responder responder;
    private final HttpMeters counts;
    private final int idleTimeoutMs;

    HttpAdapter(Meters meters, Readiness readiness, Reports reports, List<Resource> resources, int idleTimeoutMs) {
        this.responder = new Responder(meters, readiness, reports, resources);
        this.counts = HttpMeters.of(meters);
        this.idleTimeoutMs = idleTimeoutMs;
    }

    @Override
    public void connected(Channel channel) {
        // One request is worked on at a time: the flow control holds back what was pipelined behind it.
        channel.pipeline()
                .addLast(
                        new HttpServerCodec(new HttpDecoderConfig()
                                .setMaxInitialLineLength(MAX_LINE_BYTES)
                                .setMaxHeaderSize(MAX_HEADER_BYTES)
                                .setMaxChunkSize(MAX_BODY_BYTES)),
                        new HttpObjectAggregator(MAX_BODY_BYTES, true),
                        new FlowControlHandler(),
                        new HttpConnection(responder, counts, idleTimeoutMs));
    }

    @Override
    public String tryNext(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        String literal = address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host;
        return "curl http://" + literal + ":" + address.getPort() + "/health/ready";
    }

    @Override
    public void close() {
        responder.close();
    }
}
