package io.polylog.kafka.share;

import io.polylog.broker.Fetcher;
import io.polylog.broker.LogRead;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.call.Stages;
import io.polylog.kafka.call.TopicLookup;
import io.polylog.kafka.call.Traffic;
import io.polylog.kafka.codec.Reply;
import io.polylog.share.Acquired;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareFetchRequestData.FetchPartition;
import org.apache.kafka.common.message.ShareFetchRequestData.FetchTopic;
import org.apache.kafka.common.message.ShareFetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.message.ShareFetchResponseData.PartitionData;
import org.apache.kafka.common.message.ShareFetchResponseData.ShareFetchableTopicResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.ShareRequestMetadata;
import org.jspecify.annotations.Nullable;

/**
 * ShareFetch (KIP-932; v2 KIP-1206 and KIP-1222): settles what the client is done with, and hands out records under a lock,
 * in the stored batches in which they lie. Never more than {@code max_records} in either acquire mode, though the
 * batch-optimized one would allow it.
 */
public final class ShareFetchHandler implements RequestHandler<ShareFetchRequestData> {

    private final ShareSessions sessions;
    private final TopicLookup topics;
    private final Fetcher fetcher;
    private final Traffic traffic;

    public ShareFetchHandler(ShareSessions sessions, TopicLookup topics, Fetcher fetcher, Traffic traffic) {
        this.sessions = Objects.requireNonNull(sessions, "sessions");
        this.topics = Objects.requireNonNull(topics, "topics");
        this.fetcher = Objects.requireNonNull(fetcher, "fetcher");
        this.traffic = Objects.requireNonNull(traffic, "traffic");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, ShareFetchRequestData request) {
        check(request);
        ShareSessions.Key key = ShareSessions.Key.of(request.groupId(), request.memberId());
        boolean opens = request.shareSessionEpoch() == ShareRequestMetadata.INITIAL_EPOCH;
        boolean closes = request.shareSessionEpoch() == ShareRequestMetadata.FINAL_EPOCH;
        ShareSession session =
                opens ? sessions.open(call, key) : sessions.resume(call, key, request.shareSessionEpoch());
        Map<ShareSession.Place, CompletionStage<Errors>> acknowledged = acknowledge(session, request, closes);
        for (ForgottenTopic topic : request.forgottenTopicsData()) {
            topic.partitions().forEach(partition -> session.forget(new ShareSession.Place(topic.topicId(), partition)));
        }
        CompletionStage<List<ShareCatch>> fetched = closes || request.isRenewAck()
                ? CompletableFuture.completedStage(List.of())
                : new PendingShareFetch(call, request, session, fetcher, topics).start();
        if (closes) {
            sessions.close(session);
        }
        int lockMs = session.settings().lockMs();
        return fetched.thenCompose(caught -> answers(acknowledged)
                .thenApply(errors -> answer(opens ? session : null, request, caught, errors, lockMs)));
    }

    private static void check(ShareFetchRequestData request) {
        boolean acknowledges = request.topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .anyMatch(partition -> !partition.acknowledgementBatches().isEmpty());
        if (acknowledges && request.shareSessionEpoch() == ShareRequestMetadata.INITIAL_EPOCH) {
            throw Errors.INVALID_REQUEST.exception("nothing is acquired yet that could be acknowledged");
        }
        boolean fetches = request.maxRecords() != 0
                || request.maxBytes() != 0
                || request.minBytes() != 0
                || request.maxWaitMs() != 0;
        if (request.isRenewAck() && fetches) {
            throw Errors.INVALID_REQUEST.exception("a request that renews locks cannot fetch"); // KIP-1222
        }
        if (request.shareAcquireMode() < 0 || request.shareAcquireMode() > 1) {
            throw Errors.INVALID_REQUEST.exception("acquire mode " + request.shareAcquireMode());
        }
    }

    /** Takes up the partitions that are named, and settles what is said of them. */
    private static Map<ShareSession.Place, CompletionStage<Errors>> acknowledge(
            ShareSession session, ShareFetchRequestData request, boolean closes) {
        boolean mayRenew = request.isRenewAck() && session.settings().renews();
        Map<ShareSession.Place, CompletionStage<Errors>> answers = new LinkedHashMap<>();
        for (FetchTopic topic : request.topics()) {
            for (FetchPartition partition : topic.partitions()) {
                ShareSession.Place place = new ShareSession.Place(topic.topicId(), partition.partitionIndex());
                if (!closes) {
                    session.add(place);
                }
                List<ShareAcknowledgement> said = ShareAcknowledgement.of(partition);
                if (!said.isEmpty()) {
                    answers.put(place, session.acknowledge(place, said, mayRenew));
                }
            }
        }
        return answers;
    }

    private static CompletionStage<Map<ShareSession.Place, Errors>> answers(
            Map<ShareSession.Place, CompletionStage<Errors>> acknowledged) {
        return Stages.all(List.copyOf(acknowledged.values())).thenApply(errors -> {
            Map<ShareSession.Place, Errors> answers = new LinkedHashMap<>();
            int index = 0;
            for (ShareSession.Place place : acknowledged.keySet()) {
                answers.put(place, errors.get(index++));
            }
            return answers;
        });
    }

    private Reply answer(
            @Nullable ShareSession opened,
            ShareFetchRequestData request,
            List<ShareCatch> caught,
            Map<ShareSession.Place, Errors> errors,
            int lockMs) {
        Map<ShareSession.Place, PartitionData> partitions = new LinkedHashMap<>();
        if (opened != null) {
            opened.places().forEach(place -> at(partitions, place)); // as a full answer names them all
        }
        errors.forEach((place, error) -> at(partitions, place)
                .setAcknowledgeErrorCode(error.code())
                .setAcknowledgeErrorMessage(error == Errors.NONE ? null : error.message()));
        int batchSize = request.batchSize() > 0 ? request.batchSize() : Integer.MAX_VALUE;
        for (ShareCatch one : caught) {
            one.addTo(at(partitions, one.seat().place()), batchSize);
            count(one);
        }
        ShareFetchResponseData response = new ShareFetchResponseData().setAcquisitionLockTimeoutMs(lockMs);
        partitions.forEach((place, data) -> {
            ShareFetchableTopicResponse topic = response.responses().find(place.topicId());
            if (topic == null) {
                topic = new ShareFetchableTopicResponse()
                        .setTopicId(place.topicId())
                        .setPartitions(new ArrayList<>());
                response.responses().add(topic);
            }
            topic.partitions().add(data);
        });
        return new Reply.Answer(response, () -> caught.forEach(ShareCatch::close));
    }

    private static PartitionData at(Map<ShareSession.Place, PartitionData> partitions, ShareSession.Place place) {
        return partitions.computeIfAbsent(
                place,
                missing ->
                        new PartitionData().setPartitionIndex(place.partition()).setRecords(MemoryRecords.EMPTY));
    }

    private void count(ShareCatch one) {
        List<Acquired> acquired = one.acquired();
        LogRead read = one.read();
        if (!acquired.isEmpty() && read != null) {
            traffic.fetched(
                    acquired.get(0).partition(), acquired.size(), read.slice().sizeInBytes());
        }
    }
}
