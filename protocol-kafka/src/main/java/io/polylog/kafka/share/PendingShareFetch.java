package io.polylog.kafka.share;

import io.netty.util.concurrent.ScheduledFuture;
import io.polylog.broker.Fetcher;
import io.polylog.broker.LogRead;
import io.polylog.broker.Topic;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.ErrorMapping;
import io.polylog.kafka.call.TopicLookup;
import io.polylog.kafka.fetch.PendingFetch;
import io.polylog.record.TopicPartition;
import io.polylog.share.Acquired;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * One share fetch until its records are there. Asks the session's seats in turn; waits, all of them open, for as long as there
 * is too little; then reads the stored batches in which what was acquired lies. What does not fit the answer goes back to the
 * ledger as if it had never been handed out.
 *
 * <p>Owned by the connection's event loop.
 */
final class PendingShareFetch {

    private final Call call;
    private final ShareFetchRequestData request;
    private final Fetcher fetcher;
    private final TopicLookup topics;
    private final List<ShareSeat> seats;
    private final CompletableFuture<List<ShareCatch>> result = new CompletableFuture<>();
    private final List<ShareCatch> caught = new ArrayList<>();
    private final int maxBytes;

    private @Nullable ScheduledFuture<?> timer;
    private int next;
    private int recordsLeft;
    private int bytes;
    private boolean waiting;
    private boolean timedOut;
    private boolean abandoned;

    PendingShareFetch(
            Call call, ShareFetchRequestData request, ShareSession session, Fetcher fetcher, TopicLookup topics) {
        this.call = call;
        this.request = request;
        this.fetcher = fetcher;
        this.topics = topics;
        this.seats = session.seatsInTurn();
        this.maxBytes = Math.min(request.maxBytes(), PendingFetch.MAX_RESPONSE_BYTES);
        this.recordsLeft = request.maxRecords();
    }

    /** Completes on the event loop, with an entry for each partition that has records or an error; never fails. */
    CompletableFuture<List<ShareCatch>> start() {
        call.onAbandon(this::abandon);
        if (request.maxRecords() <= 0 || maxBytes <= 0 || seats.isEmpty()) {
            result.complete(caught);
        } else {
            if (request.maxWaitMs() > 0) {
                timer = call.eventLoop().schedule(this::timeOut, request.maxWaitMs(), TimeUnit.MILLISECONDS);
            }
            askNext();
        }
        return result;
    }

    private void askNext() {
        int wanted = request.maxRecords() - freshRecords();
        if (abandoned) {
            return;
        }
        if (next < seats.size() && wanted > 0) {
            seats.get(next++).draw(wanted, this::onFresh, this::askNext);
        } else if (isEnough() || timer == null) {
            beginReading();
        } else {
            waiting = true;
        }
    }

    private void onFresh() {
        if (waiting && isEnough()) {
            beginReading();
        }
    }

    private void timeOut() {
        timedOut = true;
        if (waiting) {
            beginReading();
        }
    }

    private boolean isEnough() {
        return timedOut
                || seats.stream().anyMatch(seat -> seat.error() != Errors.NONE)
                || freshRecords() >= request.maxRecords()
                || (freshRecords() > 0
                        && seats.stream().mapToLong(ShareSeat::freshBytes).sum() >= request.minBytes());
    }

    private int freshRecords() {
        return seats.stream().mapToInt(ShareSeat::freshRecords).sum();
    }

    private void beginReading() {
        waiting = false;
        if (timer != null) {
            timer.cancel(false);
        }
        seats.forEach(ShareSeat::stop);
        readOn(seats.iterator());
    }

    private void readOn(Iterator<ShareSeat> rest) {
        while (rest.hasNext()) {
            ShareSeat seat = rest.next();
            List<Acquired> fresh = seat.takeFresh();
            List<Acquired> wanted = fresh.subList(0, Math.min(fresh.size(), recordsLeft));
            seat.giveBack(fresh.subList(wanted.size(), fresh.size()));
            int room = maxBytes - bytes;
            TopicPartition partition = partition(seat);
            if (wanted.isEmpty() || room <= 0 || partition == null) {
                seat.giveBack(wanted);
                if (seat.error() != Errors.NONE) {
                    caught.add(new ShareCatch(seat, List.of(), null, seat.error()));
                }
                continue;
            }
            recordsLeft -= wanted.size();
            int readBytes = Math.min(room, ShareCatch.expectedBytes(wanted));
            fetcher.read(partition, wanted.get(0).offset(), readBytes, true)
                    .whenComplete((read, failure) -> call.eventLoop().execute(() -> {
                        take(seat, wanted, read, failure);
                        readOn(rest);
                    }));
            return;
        }
        result.complete(caught);
    }

    private @Nullable TopicPartition partition(ShareSeat seat) {
        int number = seat.place().partition();
        return topics.find(null, seat.place().topicId())
                .filter(topic -> number < topic.partitionCount())
                .map((Topic topic) -> topic.partition(number))
                .orElse(null);
    }

    private void take(ShareSeat seat, List<Acquired> wanted, @Nullable LogRead read, @Nullable Throwable failure) {
        if (abandoned) {
            if (read != null) {
                read.close();
            }
            return; // The session ends with the connection, and gives back what it has.
        }
        if (read == null) {
            seat.giveBack(wanted);
            caught.add(new ShareCatch(
                    seat, List.of(), null, failure == null ? Errors.UNKNOWN_SERVER_ERROR : ErrorMapping.of(failure)));
            return;
        }
        // A record that is acquired but not in the answer would be taken for a gap by the client, and settled.
        int covered = 0;
        while (covered < wanted.size()
                && wanted.get(covered).offset() < read.slice().endOffset()) {
            covered++;
        }
        List<Acquired> sent = List.copyOf(wanted.subList(0, covered));
        seat.giveBack(wanted.subList(covered, wanted.size()));
        seat.hold(sent);
        bytes += read.slice().sizeInBytes();
        caught.add(new ShareCatch(seat, sent, read, Errors.NONE));
    }

    private void abandon() {
        abandoned = true;
        if (timer != null) {
            timer.cancel(false);
        }
        seats.forEach(ShareSeat::stop);
        caught.forEach(ShareCatch::close);
        caught.clear();
    }
}
