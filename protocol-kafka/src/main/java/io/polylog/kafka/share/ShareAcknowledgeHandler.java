package io.polylog.kafka.share;

import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.call.Stages;
import io.polylog.kafka.codec.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData.AcknowledgePartition;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData.AcknowledgeTopic;
import org.apache.kafka.common.message.ShareAcknowledgeResponseData;
import org.apache.kafka.common.message.ShareAcknowledgeResponseData.PartitionData;
import org.apache.kafka.common.message.ShareAcknowledgeResponseData.ShareAcknowledgeTopicResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ShareRequestMetadata;

/** ShareAcknowledge (KIP-932; v2 KIP-1222): settles records, or holds them for longer, without fetching. */
public final class ShareAcknowledgeHandler implements RequestHandler<ShareAcknowledgeRequestData> {

    private final ShareSessions sessions;

    public ShareAcknowledgeHandler(ShareSessions sessions) {
        this.sessions = Objects.requireNonNull(sessions, "sessions");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, ShareAcknowledgeRequestData request) {
        ShareSessions.Key key = ShareSessions.Key.of(request.groupId(), request.memberId());
        if (request.shareSessionEpoch() == ShareRequestMetadata.INITIAL_EPOCH) {
            throw Errors.INVALID_SHARE_SESSION_EPOCH.exception(); // A session is opened by fetching.
        }
        ShareSession session = sessions.resume(call, key, request.shareSessionEpoch());
        boolean mayRenew = request.isRenewAck() && session.settings().renews();
        List<CompletionStage<Errors>> answers = new ArrayList<>();
        for (AcknowledgeTopic topic : request.topics()) {
            for (AcknowledgePartition partition : topic.partitions()) {
                answers.add(session.acknowledge(
                        new ShareSession.Place(topic.topicId(), partition.partitionIndex()),
                        ShareAcknowledgement.of(partition),
                        mayRenew));
            }
        }
        if (request.shareSessionEpoch() == ShareRequestMetadata.FINAL_EPOCH) {
            sessions.close(session);
        }
        int lockMs = session.settings().lockMs();
        return Stages.all(answers).thenApply(errors -> answer(request, errors, lockMs));
    }

    private static Reply answer(ShareAcknowledgeRequestData request, List<Errors> errors, int lockMs) {
        ShareAcknowledgeResponseData response = new ShareAcknowledgeResponseData().setAcquisitionLockTimeoutMs(lockMs);
        int index = 0;
        for (AcknowledgeTopic topic : request.topics()) {
            List<PartitionData> partitions = new ArrayList<>();
            for (AcknowledgePartition partition : topic.partitions()) {
                Errors error = errors.get(index++);
                partitions.add(new PartitionData()
                        .setPartitionIndex(partition.partitionIndex())
                        .setErrorCode(error.code())
                        .setErrorMessage(error == Errors.NONE ? null : error.message()));
            }
            response.responses()
                    .add(new ShareAcknowledgeTopicResponse()
                            .setTopicId(topic.topicId())
                            .setPartitions(partitions));
        }
        return Reply.of(response);
    }
}
