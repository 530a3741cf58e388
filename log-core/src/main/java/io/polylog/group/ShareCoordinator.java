package io.polylog.group;

import io.polylog.share.ShareGroupSettings;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.AlterShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestGroup;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponseGroup;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatResponseData;

/**
 * Share groups (KIP-932): who is a member, and of which partitions. What they have settled is in the ledgers. The rules of
 * {@link GroupCoordinator} hold here too.
 */
public interface ShareCoordinator {

    /** How a group treats its records; answered at once. */
    ShareGroupSettings settings(String groupId);

    /**
     * Makes a name a share group's, before somebody joins it without {@link #heartbeat}: fails with {@code GROUP_OF_OTHER_KIND},
     * a {@link io.polylog.broker.RefusedException}. While the coordinator has no groups nothing is asked of it.
     */
    CompletionStage<?> claim(String groupId);

    /** Joins, keeps up or leaves; partitions are assigned once their ledgers exist. */
    CompletionStage<ShareGroupHeartbeatResponseData> heartbeat(Caller caller, ShareGroupHeartbeatRequestData request);

    /**
     * Where groups stand on partitions, and how far behind: answered in their order. A group with null topics asks for all
     * that it has a ledger on.
     */
    CompletionStage<List<DescribeShareGroupOffsetsResponseGroup>> describeOffsets(
            Caller caller, List<DescribeShareGroupOffsetsRequestGroup> groups);

    /** Lets an empty group begin anew at the offsets given. */
    CompletionStage<AlterShareGroupOffsetsResponseData> alterOffsets(
            Caller caller, AlterShareGroupOffsetsRequestData request);

    /** Forgets what an empty group has settled of topics. */
    CompletionStage<DeleteShareGroupOffsetsResponseData> deleteOffsets(
            Caller caller, DeleteShareGroupOffsetsRequestData request);

    /** Describes share groups, in the order asked, or with an error for each that is not one. */
    CompletionStage<List<ShareGroupDescribeResponseData.DescribedGroup>> describe(Caller caller, List<String> groupIds);
}
