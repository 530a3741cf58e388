package io.polylog.kafka.fetch;

import io.polylog.broker.Fetcher;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.ReadableTopics;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.call.Traffic;
import io.polylog.kafka.codec.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;

/**
 * Fetch: stored batches as they are, moved from the segment file to the socket. Waits for {@code min_bytes} or {@code
 * max_wait_ms}, whichever comes first. A consumer that wants to is given a session (KIP-227), in which later requests name
 * only what is new to them. What the client may read is asked for every partition of every fetch.
 */
public final class FetchHandler implements RequestHandler<FetchRequestData> {

    private static final byte READ_COMMITTED = 1;

    /** From here on topics go by their ids (KIP-516). */
    private static final short TOPIC_IDS = 13;

    private final ReadableTopics topics;
    private final FetchSessions sessions;
    private final Fetcher fetcher;
    private final Traffic traffic;

    public FetchHandler(ReadableTopics topics, FetchSessions sessions, Fetcher fetcher, Traffic traffic) {
        this.topics = Objects.requireNonNull(topics, "topics");
        this.sessions = Objects.requireNonNull(sessions, "sessions");
        this.fetcher = Objects.requireNonNull(fetcher, "fetcher");
        this.traffic = Objects.requireNonNull(traffic, "traffic");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, FetchRequestData request) {
        boolean opens = request.sessionEpoch() == FetchMetadata.INITIAL_EPOCH;
        boolean closes = request.sessionEpoch() == FetchMetadata.FINAL_EPOCH;
        if (!opens && !closes) {
            return resume(call, request);
        }
        if (request.sessionId() != FetchMetadata.INVALID_SESSION_ID) {
            sessions.close(request.sessionId());
        }
        return opens && FetchSession.fits(request) ? open(call, request) : whole(call, request);
    }

    /** A fetch without a session. */
    private CompletionStage<Reply> whole(Call call, FetchRequestData request) {
        List<FetchSlot> slots = new ArrayList<>(4);
        for (FetchTopic asked : request.topics()) {
            ReadableTopics.Found found = topics.find(call, asked.topic(), asked.topicId());
            for (FetchPartition partition : asked.partitions()) {
                slots.add(new FetchSlot(partition, asked.topic(), asked.topicId(), found, readCommitted(request)));
            }
        }
        return new PendingFetch(call, request, slots, fetcher, all -> FetchAnswer.whole(all, traffic)).start();
    }

    private CompletionStage<Reply> open(Call call, FetchRequestData request) {
        FetchSession session = new FetchSession(request, call.version() >= TOPIC_IDS);
        int turn = session.epoch();
        List<FetchSlot> slots = session.slots(call, topics, readCommitted(request));
        return new PendingFetch(call, request, slots, fetcher, all -> {
                    sessions.keep(session);
                    return session.answer(turn, all, traffic);
                })
                .start();
    }

    private CompletionStage<Reply> resume(Call call, FetchRequestData request) {
        FetchSession session = sessions.find(request.sessionId());
        if (session == null) {
            return refused(Errors.FETCH_SESSION_ID_NOT_FOUND);
        }
        if (!FetchSession.fits(request)) {
            sessions.close(session.id());
            return refused(Errors.FETCH_SESSION_ID_NOT_FOUND);
        }
        Errors error = session.resume(request, call.version() >= TOPIC_IDS);
        if (error != Errors.NONE) {
            return refused(error);
        }
        if (session.size() == 0) {
            sessions.close(session.id());
            return whole(call, request);
        }
        if (!sessions.use(session)) {
            return refused(Errors.FETCH_SESSION_ID_NOT_FOUND);
        }
        int turn = FetchMetadata.nextEpoch(request.sessionEpoch());
        List<FetchSlot> slots = session.slots(call, topics, readCommitted(request));
        return new PendingFetch(call, request, slots, fetcher, all -> session.answer(turn, all, traffic)).start();
    }

    private static boolean readCommitted(FetchRequestData request) {
        return request.isolationLevel() == READ_COMMITTED;
    }

    private static CompletionStage<Reply> refused(Errors error) {
        return CompletableFuture.completedStage(Reply.of(FetchAnswer.refusal(error, FetchMetadata.INVALID_SESSION_ID)));
    }
}
