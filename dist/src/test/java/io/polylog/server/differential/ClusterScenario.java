package io.polylog.server.differential;

import java.util.List;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData.ListPartitionReassignmentsTopics;
import org.apache.kafka.common.protocol.ApiKeys;

/** The brokers themselves: ApiVersions, DescribeCluster, ListPartitionReassignments. */
final class ClusterScenario implements Scenario {

    @Override
    public void run(Play play) {
        Setting.topic(play, "here", 1);
        play.everyVersion(ApiKeys.API_VERSIONS, version -> greets(play, version));
        play.everyVersion(ApiKeys.DESCRIBE_CLUSTER, version -> describes(play, version));
        play.everyVersion(ApiKeys.LIST_PARTITION_REASSIGNMENTS, version -> listsReassignments(play, version));
    }

    private static void greets(Play play, int version) {
        play.ask("what there is", ApiKeys.API_VERSIONS, version, greeting(version));
        if (version >= 3) {
            play.ask(
                    "by a client with a bad name",
                    ApiKeys.API_VERSIONS,
                    version,
                    greeting(version).setClientSoftwareName("a b"));
        }
        if (version >= 5) {
            play.ask(
                    "meant for another cluster",
                    ApiKeys.API_VERSIONS,
                    version,
                    greeting(version).setClusterId("elsewhere"));
            play.ask(
                    "meant for another node",
                    ApiKeys.API_VERSIONS,
                    version,
                    greeting(version).setNodeId(77));
        }
    }

    private static ApiVersionsRequestData greeting(int version) {
        return version < 3
                ? new ApiVersionsRequestData()
                : new ApiVersionsRequestData().setClientSoftwareName("diff").setClientSoftwareVersion("1");
    }

    private static void describes(Play play, int version) {
        DescribeClusterRequestData request = new DescribeClusterRequestData();
        play.ask("its brokers", ApiKeys.DESCRIBE_CLUSTER, version, request);
        play.ask(
                "what one may",
                ApiKeys.DESCRIBE_CLUSTER,
                version,
                request.duplicate().setIncludeClusterAuthorizedOperations(true));
        if (version >= 1) {
            play.ask(
                    "its controllers",
                    ApiKeys.DESCRIBE_CLUSTER,
                    version,
                    request.duplicate().setEndpointType((byte) 2));
        }
        if (version >= 2) {
            play.ask(
                    "fenced brokers too",
                    ApiKeys.DESCRIBE_CLUSTER,
                    version,
                    request.duplicate().setIncludeFencedBrokers(true));
        }
    }

    private static void listsReassignments(Play play, int version) {
        play.ask(
                "all",
                ApiKeys.LIST_PARTITION_REASSIGNMENTS,
                version,
                new ListPartitionReassignmentsRequestData().setTopics(null));
        play.ask("of a topic", ApiKeys.LIST_PARTITION_REASSIGNMENTS, version, reassignments("here"));
        play.ask("of no topic", ApiKeys.LIST_PARTITION_REASSIGNMENTS, version, reassignments("nowhere"));
    }

    private static ListPartitionReassignmentsRequestData reassignments(String topic) {
        return new ListPartitionReassignmentsRequestData()
                .setTopics(List.of(
                        new ListPartitionReassignmentsTopics().setName(topic).setPartitionIndexes(List.of(0))));
    }
}
