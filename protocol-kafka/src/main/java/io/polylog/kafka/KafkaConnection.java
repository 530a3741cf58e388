package io.polylog.kafka;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.timeout.IdleStateEvent;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.ErrorMapping;
import io.polylog.kafka.call.ProduceLane;
import io.polylog.kafka.codec.FrameDecoder;
import io.polylog.kafka.codec.MalformedRequestException;
import io.polylog.kafka.codec.Reply;
import io.polylog.kafka.codec.Request;
import io.polylog.kafka.codec.RequestMemory;
import io.polylog.kafka.codec.ResponseEncoder;
import io.polylog.kafka.handler.Apis;
import io.polylog.kafka.sasl.Login;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client connection: requests in, replies out in the same order.
 *
 * <p>Produce requests overlap; every other request starts when all before it are answered and written, and holds up what
 * follows, as a Kafka broker does. Reading stops while {@link #MAX_REQUESTS_IN_FLIGHT} requests or {@link
 * #MAX_BYTES_IN_FLIGHT} of them have arrived and their replies are not written yet, and while all connections together
 * have used up the {@link RequestMemory}.
 *
 * <p>Owned by the channel's event loop. When the connection is lost, waiting calls are abandoned and replies that still
 * come are discarded. Bytes that are no Kafka request close the connection, with one line in the log.
 */
final class KafkaConnection extends ChannelInboundHandlerAdapter {

    /** Requests at a time whose replies are not written. */
    static final int MAX_REQUESTS_IN_FLIGHT = 64;

    /** Bytes of those requests; one request may exceed it alone. */
    static final int MAX_BYTES_IN_FLIGHT = 16 << 20;

    /** The same while it is not known who the client is: strangers together must not use up the {@link RequestMemory}. */
    static final int MAX_STRANGER_BYTES_IN_FLIGHT = FrameDecoder.MAX_STRANGER_FRAME_BYTES;

    private static final Logger log = LoggerFactory.getLogger(KafkaConnection.class);

    private final Apis apis;
    private final Login login;
    private final ProduceLane lane;
    private final FrameDecoder frames;
    private final RequestMemory memory;
    private final KafkaMeters meters;

    private final ArrayDeque<Exchange> waiting = new ArrayDeque<>();
    private final ArrayDeque<Exchange> started = new ArrayDeque<>();
    private int inFlight;
    private long bytesInFlight;
    /** Replies handed to the socket and not written yet. */
    private int unwritten;
    /** Whether the last started exchange is one that nothing may overlap. */
    private boolean alone;

    /** Answers after which the client is still to wait, for its quota. */
    private int mutes;

    private boolean waitingForRoom;
    private boolean flushScheduled;
    private boolean closed;

    KafkaConnection(
            Apis apis, Login login, ProduceLane lane, FrameDecoder frames, RequestMemory memory, KafkaMeters meters) {
        this.apis = apis;
        this.login = login;
        this.lane = lane;
        this.frames = frames;
        this.memory = memory;
        this.meters = meters;
    }

    /** A request and, once it is there, its reply. */
    private static final class Exchange {
        final Call call;
        final Request request;

        @Nullable
        Reply reply;

        Exchange(Call call) {
            this.call = call;
            this.request = call.request();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuffer frame = (ByteBuffer) message;
        if (closed) {
            return;
        }
        Request request;
        try {
            request = Request.parse(frame, apis::answers);
        } catch (MalformedRequestException malformed) {
            fail(context, malformed);
            return;
        }
        if (login.isKnown()) {
            frames.peerUnderstood();
        }
        meters.requests.add(1);
        inFlight++;
        bytesInFlight += request.sizeInBytes();
        memory.take(request.sizeInBytes());
        waiting.add(new Exchange(new Call(request, context.channel(), login, lane)));
        startNext(context);
        regulateReading(context);
    }

    private void startNext(ChannelHandlerContext context) {
        while (!closed && mutes == 0) {
            Exchange next = waiting.peek();
            if (next == null) {
                return;
            }
            boolean overlaps = Apis.overlaps(next.request.key());
            boolean idle = started.isEmpty() && unwritten == 0;
            if (!idle && (alone || !overlaps)) {
                return;
            }
            waiting.remove();
            started.add(next);
            alone = !overlaps;
            start(context, next);
        }
    }

    private void start(ChannelHandlerContext context, Exchange exchange) {
        Optional<String> refusal = login.refusal(exchange.request.key());
        if (refusal.isPresent()) {
            fail(context, new MalformedRequestException(refusal.get()));
            return;
        }
        CompletionStage<Reply> stage;
        try {
            stage = apis.handle(exchange.call);
        } catch (RuntimeException failure) {
            answered(context, exchange, errorReply(exchange, failure));
            return;
        }
        stage.whenComplete((reply, failure) -> {
            Reply answer = failure == null ? reply : errorReply(exchange, failure);
            if (context.executor().inEventLoop()) {
                answered(context, exchange, answer);
            } else {
                context.executor().execute(() -> answered(context, exchange, answer));
            }
        });
    }

    private static Reply errorReply(Exchange exchange, Throwable failure) {
        Errors error = ErrorMapping.of(failure);
        try {
            var response = exchange.request.body().getErrorResponse(0, error.exception());
            return response == null ? Reply.Unanswered.HANG_UP : Reply.of(response.data());
        } catch (RuntimeException unanswerable) {
            // Kafka's own answer wants to know the size of a batch that is not there.
            return Reply.Unanswered.HANG_UP;
        }
    }

    private void answered(ChannelHandlerContext context, Exchange exchange, Reply reply) {
        if (closed) {
            discard(reply);
            return;
        }
        exchange.reply = reply;
        boolean wrote = false;
        for (Exchange head = started.peek(); head != null && head.reply != null; head = started.peek()) {
            started.remove();
            send(context, head, head.reply);
            if (closed) {
                return;
            }
            wrote = true;
        }
        if (wrote) {
            scheduleFlush(context);
            startNext(context);
            regulateReading(context);
        }
    }

    /** KIP-219: a client that has used up its quota has its answer, and is heard again later. */
    private void mute(ChannelHandlerContext context, int forMs) {
        mutes++;
        context.executor()
                .schedule(
                        () -> {
                            mutes--;
                            startNext(context);
                            regulateReading(context);
                        },
                        forMs,
                        TimeUnit.MILLISECONDS);
    }

    private void send(ChannelHandlerContext context, Exchange exchange, Reply reply) {
        if (exchange.call.muteMs() > 0) {
            mute(context, exchange.call.muteMs());
        }
        if (reply == Reply.Unanswered.HANG_UP) {
            context.close();
        } else if (reply instanceof Reply.Answer answer) {
            write(context, exchange, answer);
        } else if (reply instanceof Reply.Farewell last) {
            write(context, exchange, new Reply.Answer(last.body(), () -> {}));
            context.write(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        } else {
            finished(exchange);
        }
    }

    private void write(ChannelHandlerContext context, Exchange exchange, Reply.Answer answer) {
        ResponseEncoder.Encoded encoded;
        try {
            encoded = ResponseEncoder.encode(exchange.request, answer.body(), context.alloc());
        } catch (RuntimeException failure) {
            answer.discard().run();
            log.atError()
                    .setCause(failure)
                    .addKeyValue("api", exchange.request.key().name)
                    .addKeyValue("version", exchange.request.version())
                    .log("response cannot be written");
            context.close();
            return;
        }
        unwritten++;
        int last = encoded.pieces().size() - 1;
        for (int i = 0; i < last; i++) {
            context.write(encoded.pieces().get(i), context.voidPromise());
        }
        context.write(encoded.pieces().get(last)).addListener((ChannelFuture written) -> {
            unwritten--;
            finished(exchange);
            if (written.isSuccess()) {
                startNext(context);
                regulateReading(context);
            } else {
                context.close();
            }
        });
    }

    private void finished(Exchange exchange) {
        if (!closed) { // otherwise all of it has been given back
            inFlight--;
            bytesInFlight -= exchange.request.sizeInBytes();
            memory.release(exchange.request.sizeInBytes());
        }
    }

    /** Several replies that become ready together, as after one forced write of the journal, go out in one flush. */
    private void scheduleFlush(ChannelHandlerContext context) {
        if (!flushScheduled) {
            flushScheduled = true;
            context.executor().execute(() -> {
                flushScheduled = false;
                context.flush();
            });
        }
    }

    private void regulateReading(ChannelHandlerContext context) {
        boolean shared = memory.hasRoom();
        if (!shared && !waitingForRoom && !closed) {
            waitingForRoom = true;
            memory.whenRoom(() -> context.executor().execute(() -> {
                waitingForRoom = false;
                regulateReading(context);
            }));
        }
        int mostBytes = login.isKnown() ? MAX_BYTES_IN_FLIGHT : MAX_STRANGER_BYTES_IN_FLIGHT;
        boolean room = shared && mutes == 0 && inFlight < MAX_REQUESTS_IN_FLIGHT && bytesInFlight < mostBytes;
        if (context.channel().config().isAutoRead() != room) {
            if (room) {
                frames.resumed();
            }
            context.channel().config().setAutoRead(room);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end();
        context.fireChannelInactive();
    }

    /** Neither side has moved a byte for long: unless a call is being worked on, nobody will miss the connection. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof IdleStateEvent && started.isEmpty()) {
            log.atDebug()
                    .addKeyValue("client", context.channel().remoteAddress())
                    .log("idle connection closed");
            context.close();
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        if (failure instanceof MalformedRequestException malformed) {
            fail(context, malformed);
        } else if (failure instanceof IOException) {
            log.atDebug()
                    .addKeyValue("client", context.channel().remoteAddress())
                    .addKeyValue("reason", failure.getMessage())
                    .log("connection lost");
            context.close();
        } else {
            log.atError()
                    .setCause(failure)
                    .addKeyValue("client", context.channel().remoteAddress())
                    .log("connection failed");
            context.close();
        }
    }

    private void fail(ChannelHandlerContext context, MalformedRequestException malformed) {
        if (closed) {
            return; // the rest of the same mistake
        }
        meters.protocolErrors.add(1);
        log.atWarn()
                .addKeyValue("client", context.channel().remoteAddress())
                .addKeyValue("reason", malformed.getMessage())
                .log("not a Kafka request: connection closed");
        end();
        context.close();
    }

    private void end() {
        if (closed) {
            return;
        }
        closed = true;
        memory.release(bytesInFlight);
        waiting.clear();
        for (Exchange exchange : started) {
            if (exchange.reply != null) {
                discard(exchange.reply);
            } else {
                exchange.call.abandon();
            }
        }
        started.clear();
    }

    private static void discard(Reply reply) {
        if (reply instanceof Reply.Answer answer) {
            answer.discard().run();
        }
    }
}
