package io.polylog.group;

import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes down who comes to groups and who goes, as the coordinator's answers say it. Stateless; any thread. */
final class GroupNews {

    private static final Logger LOG = LoggerFactory.getLogger(GroupNews.class);

    private GroupNews() {}

    /** A classic group has a new generation, which its leader is the one to hear of with all members. */
    static void joined(String group, JoinGroupResponseData answer) {
        if (answer.errorCode() == Errors.NONE.code() && answer.memberId().equals(answer.leader())) {
            LOG.atInfo()
                    .addKeyValue("group", group)
                    .addKeyValue("generation", answer.generationId())
                    .addKeyValue("members", answer.members().size())
                    .log("group rebalanced");
        }
    }

    static void left(LeaveGroupRequestData request, LeaveGroupResponseData answer) {
        if (answer.errorCode() == Errors.NONE.code()) {
            request.members().forEach(member -> left(request.groupId(), member.memberId()));
        }
    }

    private static void left(String group, String member) {
        LOG.atInfo().addKeyValue("group", group).addKeyValue("member", member).log("group member left");
    }

    /** A member of the next protocol (KIP-848) says by its epoch whether it comes or goes. */
    static void heard(ConsumerGroupHeartbeatRequestData request, ConsumerGroupHeartbeatResponseData answer) {
        if (answer.errorCode() != Errors.NONE.code()) {
            return;
        }
        if (request.memberEpoch() < ConsumerGroupHeartbeatRequest.JOIN_GROUP_MEMBER_EPOCH) {
            left(request.groupId(), request.memberId());
        } else if (answer.assignment() != null) {
            LOG.atInfo()
                    .addKeyValue("group", request.groupId())
                    .addKeyValue("member", answer.memberId())
                    .addKeyValue("epoch", answer.memberEpoch())
                    .addKeyValue(
                            "partitions",
                            answer.assignment().topicPartitions().stream()
                                    .mapToInt(topic -> topic.partitions().size())
                                    .sum())
                    .log("group member assigned");
        }
    }
}
