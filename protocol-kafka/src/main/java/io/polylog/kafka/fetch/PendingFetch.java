package io.polylog.kafka.fetch;

import io.netty.util.concurrent.ScheduledFuture;
import io.polylog.broker.Fetcher;
import io.polylog.broker.LogRead;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Registration;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.codec.Reply;
import io.polylog.record.TopicPartition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.jspecify.annotations.Nullable;

/**
 * One fetch request until it is answered. Works in rounds: each reads the partitions in turn within the byte limits. A
 * round that found too little registers for growth once, and the next begins when a partition has grown.
 *
 * <p>Owned by the connection's event loop; {@link #grown} alone is called by apply threads. What a round found is closed
 * by the next, by {@link #abandon}, or by whoever has the reply.
 */
public final class PendingFetch {

    /** Most bytes of one response, as Kafka's {@code fetch.max.bytes} of a broker. */
    public static final int MAX_RESPONSE_BYTES = 55 << 20;

    private final Call call;
    private final FetchRequestData request;
    private final Fetcher fetcher;
    private final List<FetchSlot> slots;
    private final FetchAnswer.Maker maker;
    private final CompletableFuture<Reply> reply = new CompletableFuture<>();
    private final int maxBytes;

    private final List<Registration> registrations = new ArrayList<>();
    private final AtomicBoolean wakeQueued = new AtomicBoolean();
    private @Nullable ScheduledFuture<?> timer;

    private int next;
    private int bytes;
    private boolean anyFailed;
    private boolean reading;
    private boolean grownWhileReading;
    private boolean timedOut;
    private boolean done;

    /**
     * @param slots all partitions, in the order in which they have their turn
     */
    PendingFetch(Call call, FetchRequestData request, List<FetchSlot> slots, Fetcher fetcher, FetchAnswer.Maker maker) {
        this.call = call;
        this.request = request;
        this.slots = slots;
        this.fetcher = fetcher;
        this.maker = maker;
        this.maxBytes = Math.max(0, Math.min(request.maxBytes(), MAX_RESPONSE_BYTES));
    }

    public CompletableFuture<Reply> start() {
        call.onAbandon(this::abandon);
        beginRound();
        return reply;
    }

    private void beginRound() {
        closeReads();
        next = 0;
        bytes = 0;
        anyFailed = false;
        grownWhileReading = false;
        reading = true;
        readOn();
    }

    private void readOn() {
        while (next < slots.size()) {
            FetchSlot slot = slots.get(next++);
            if (!slot.look(fetcher)) {
                anyFailed |= slot.failed();
                continue;
            }
            int room = Math.min(slot.maxBytes(), maxBytes - bytes);
            TopicPartition partition = slot.partition();
            // KIP-74: the first batch of the response comes whole, however large.
            boolean first = bytes == 0;
            if (partition == null || (room <= 0 && !first)) {
                continue;
            }
            CompletableFuture<LogRead> read =
                    slot.read(fetcher, partition, Math.max(0, room), first).toCompletableFuture();
            if (read.isDone()) {
                read.whenComplete((found, failure) -> take(slot, found, failure));
            } else {
                read.whenComplete((found, failure) -> call.eventLoop().execute(() -> {
                    take(slot, found, failure);
                    if (!done) {
                        readOn();
                    }
                }));
                return;
            }
        }
        reading = false;
        endRound();
    }

    private void take(FetchSlot slot, @Nullable LogRead found, @Nullable Throwable failure) {
        if (found != null) {
            if (done) {
                found.close();
            } else {
                bytes += slot.found(found);
            }
        } else if (failure != null) {
            slot.failed(failure);
            anyFailed = true;
        }
    }

    private void endRound() {
        boolean enough = bytes >= request.minBytes() || bytes >= maxBytes;
        if (enough
                || anyFailed
                || timedOut
                || request.maxWaitMs() <= 0
                || slots.stream().noneMatch(FetchSlot::exists)) {
            answer();
        } else if (grownWhileReading) {
            beginRound();
        } else if (timer == null) {
            await();
        }
    }

    private void await() {
        timer = call.eventLoop().schedule(this::timeOut, request.maxWaitMs(), TimeUnit.MILLISECONDS);
        Set<TopicPartition> watched = new HashSet<>(); // a request may name one partition any number of times
        for (FetchSlot slot : slots) {
            TopicPartition partition = slot.partition();
            if (partition != null && watched.add(partition) && !watch(slot, partition)) {
                answer();
                return;
            }
        }
        // What came between the look and the registration has told nobody.
        for (FetchSlot slot : slots) {
            if (slot.hasGrown(fetcher)) {
                beginRound();
                return;
            }
        }
    }

    /** Answers false if the partition is gone by now. */
    private boolean watch(FetchSlot slot, TopicPartition partition) {
        try {
            registrations.add(fetcher.watch(partition, this::grown));
            return true;
        } catch (RefusedException gone) {
            slot.failed(gone);
            return false;
        }
    }

    /** On an apply thread: a partition has grown. One wake-up is queued at a time, however fast it grows. */
    private void grown() {
        if (wakeQueued.compareAndSet(false, true)) {
            call.eventLoop().execute(this::wake);
        }
    }

    private void wake() {
        wakeQueued.set(false);
        if (done) {
            return;
        }
        if (reading) {
            grownWhileReading = true;
        } else {
            beginRound();
        }
    }

    private void timeOut() {
        timedOut = true;
        if (!done && !reading) {
            answer();
        }
    }

    private void answer() {
        end();
        FetchResponseData response = maker.answer(slots);
        reply.complete(new Reply.Answer(response, this::closeReads));
    }

    private void abandon() {
        end();
        closeReads();
    }

    private void end() {
        done = true;
        if (timer != null) {
            timer.cancel(false);
        }
        registrations.forEach(Registration::close);
        registrations.clear();
    }

    private void closeReads() {
        slots.forEach(FetchSlot::forget);
    }
}
