package io.polylog.group;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * How far a consumer group has come in a partition.
 *
 * @param offset of the record that it goes on with
 */
public record CommittedOffset(String group, String topic, int partition, long offset) {

    private static final Caller LISTING = caller(ApiKeys.LIST_GROUPS);
    private static final Caller FETCHING = caller(ApiKeys.OFFSET_FETCH);

    private static Caller caller(ApiKeys api) {
        return new Caller("", InetAddress.getLoopbackAddress(), api.latestVersion());
    }

    /**
     * Those of all groups, from the coordinator's memory. Fails as the coordinator does.
     *
     * @param mostGroups how many groups to ask about; others are left out
     */
    public static CompletionStage<List<CommittedOffset>> all(GroupCoordinator coordinator, int mostGroups) {
        return coordinator.listGroups(LISTING, new ListGroupsRequestData()).thenCompose(listed -> {
            List<OffsetFetchRequestGroup> asked = listed.groups().stream()
                    .map(ListedGroup::groupId)
                    .sorted()
                    .limit(mostGroups)
                    .map(group ->
                            new OffsetFetchRequestGroup().setGroupId(group).setTopics(null))
                    .toList();
            return coordinator.offsetFetch(FETCHING, asked, false).thenApply(CommittedOffset::of);
        });
    }

    private static List<CommittedOffset> of(List<OffsetFetchResponseGroup> groups) {
        List<CommittedOffset> offsets = new ArrayList<>();
        for (OffsetFetchResponseGroup group : groups) {
            group.topics()
                    .forEach(topic -> topic.partitions().stream()
                            .filter(partition -> partition.committedOffset() >= 0)
                            .forEach(partition -> offsets.add(new CommittedOffset(
                                    group.groupId(),
                                    topic.name(),
                                    partition.partitionIndex(),
                                    partition.committedOffset()))));
        }
        return offsets;
    }
}
