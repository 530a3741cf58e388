package io.polylog.kafka.handler;

import io.polylog.broker.Fetcher;
import io.polylog.kafka.codec.Reply;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;

/**
 * Fetch: stored batches as they are, moved from the segment file to the socket. Waits for {@code min_bytes} or {@code
 * max_wait_ms}, whichever comes first.
 *
 * <p>Every answer is a full one with session id 0, which KIP-227 allows: the client then names all its partitions each
 * time.
 */
final class FetchHandler implements RequestHandler<FetchRequestData> {

    private final TopicLookup topics;
    private final Fetcher fetcher;
    private final Traffic traffic;

    FetchHandler(TopicLookup topics, Fetcher fetcher, Traffic traffic) {
        this.topics = Objects.requireNonNull(topics, "topics");
        this.fetcher = Objects.requireNonNull(fetcher, "fetcher");
        this.traffic = Objects.requireNonNull(traffic, "traffic");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, FetchRequestData request) {
        boolean full = request.sessionEpoch() == FetchMetadata.INITIAL_EPOCH
                || request.sessionEpoch() == FetchMetadata.FINAL_EPOCH;
        if (!full) {
            // Nobody was given a session; the client goes back to full requests.
            throw Errors.FETCH_SESSION_ID_NOT_FOUND.exception();
        }
        return new PendingFetch(call, request, topics, fetcher, traffic).start();
    }
}
