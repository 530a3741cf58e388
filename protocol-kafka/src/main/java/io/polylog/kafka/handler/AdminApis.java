package io.polylog.kafka.handler;

import io.polylog.broker.Fetcher;
import io.polylog.broker.Topics;
import io.polylog.group.GroupConfigs;
import io.polylog.kafka.call.Endpoint;
import io.polylog.kafka.call.TopicLookup;
import io.polylog.spi.AdapterContext;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.protocol.ApiKeys;

/** Topics, settings, and the gateway as a cluster. */
final class AdminApis {

    private AdminApis() {}

    static void addTopics(
            Apis apis, AdapterContext context, Endpoint endpoint, TopicLookup lookup, MutationQuota mutations) {
        Topics topics = context.topics();
        Fetcher fetcher = context.fetcher();
        GroupConfigs groupConfigs = context.groupCoordinator().configs();
        BrokerConfigs brokerConfigs = new BrokerConfigs(endpoint, context.brokerSettings());
        LoggerConfigs loggerConfigs = new LoggerConfigs(context.logLevels(), endpoint);
        ConfigChanges configChanges =
                new ConfigChanges(topics, groupConfigs, context.brokerSettings(), context.clientMetrics(), endpoint);
        apis.add(
                ApiKeys.CREATE_TOPICS,
                CreateTopicsRequestData.class,
                new CreateTopicsHandler(topics, endpoint, new TopicConfigs(brokerConfigs), mutations));
        apis.add(ApiKeys.DELETE_RECORDS, DeleteRecordsRequestData.class, new DeleteRecordsHandler(topics, lookup));
        apis.add(
                ApiKeys.DELETE_TOPICS,
                DeleteTopicsRequestData.class,
                new DeleteTopicsHandler(topics, lookup, mutations));
        apis.add(
                ApiKeys.CREATE_PARTITIONS,
                CreatePartitionsRequestData.class,
                new CreatePartitionsHandler(topics, endpoint, mutations));
        apis.add(
                ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
                DescribeTopicPartitionsRequestData.class,
                new DescribeTopicPartitionsHandler(topics, fetcher, endpoint));
        apis.add(ApiKeys.DESCRIBE_CLUSTER, DescribeClusterRequestData.class, new DescribeClusterHandler(endpoint));
        apis.add(
                ApiKeys.LIST_PARTITION_REASSIGNMENTS,
                ListPartitionReassignmentsRequestData.class,
                new ListPartitionReassignmentsHandler());
        apis.add(
                ApiKeys.DESCRIBE_CONFIGS,
                DescribeConfigsRequestData.class,
                new DescribeConfigsHandler(
                        topics, groupConfigs, context.clientMetrics(), endpoint, brokerConfigs, loggerConfigs));
        apis.add(ApiKeys.ALTER_CONFIGS, AlterConfigsRequestData.class, new AlterConfigsHandler(configChanges));
        apis.add(
                ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                IncrementalAlterConfigsRequestData.class,
                new IncrementalAlterConfigsHandler(configChanges, loggerConfigs));
    }

    static void addCluster(Apis apis, AdapterContext context, Endpoint endpoint, Features features) {
        Topics topics = context.topics();
        apis.add(
                ApiKeys.DESCRIBE_LOG_DIRS,
                DescribeLogDirsRequestData.class,
                new DescribeLogDirsHandler(topics, context.fetcher()));
        apis.add(
                ApiKeys.DESCRIBE_QUORUM,
                DescribeQuorumRequestData.class,
                new DescribeQuorumHandler(endpoint, context.epochClock()));
        apis.add(ApiKeys.UPDATE_FEATURES, UpdateFeaturesRequestData.class, new UpdateFeaturesHandler(features));
        apis.add(ApiKeys.UNREGISTER_BROKER, UnregisterBrokerRequestData.class, new UnregisterBrokerHandler(endpoint));
        apis.add(ApiKeys.ELECT_LEADERS, ElectLeadersRequestData.class, new ElectLeadersHandler(topics));
        apis.add(
                ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
                AlterPartitionReassignmentsRequestData.class,
                new AlterPartitionReassignmentsHandler(topics, endpoint));
        apis.add(
                ApiKeys.LIST_CONFIG_RESOURCES,
                ListConfigResourcesRequestData.class,
                new ListConfigResourcesHandler(
                        topics, context.groupCoordinator().configs(), context.clientMetrics(), endpoint));
    }
}
