package io.polylog.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.it.StartedGateway;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's administrative command-line tools, each as a process of its own, against the started archive. */
final class KafkaAdminToolsIT {

    @TempDir
    private static Path directory;

    private static StartedGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        gateway = StartedGateway.start(directory, Map.of());
        tool("TopicCommand", "--create", "--topic", "t", "--partitions", "2");
        new KafkaTool("ConsoleProducer", directory)
                .runWithInput("one\ntwo\n", gateway.endpoint("kafka"), "--topic", "t");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void settingsOfTopicsAreChangedAndDescribed() throws Exception {
        assertThat(configs(
                        "--entity-type", "topics", "--entity-name", "t", "--alter", "--add-config", "retention.ms=9"))
                .contains("Completed updating config for topic t");
        assertThat(configs("--entity-type", "topics", "--entity-name", "t", "--describe"))
                .contains("retention.ms=9");
        assertThat(configs("--entity-type", "topics", "--entity-name", "t", "--describe", "--all"))
                .contains("cleanup.policy=delete", "log.cleanup.policy", "errors.deadletterqueue.group.enable=false");
        configs("--entity-type", "topics", "--entity-name", "t", "--alter", "--delete-config", "retention.ms");
        assertThat(configs("--entity-type", "topics", "--entity-name", "t", "--describe"))
                .doesNotContain("retention.ms=9");
    }

    @Test
    void settingsOfTheBrokerAreChangedForAllNodesAndForOne() throws Exception {
        assertThat(configs("--entity-type", "brokers", "--entity-name", "0", "--describe", "--all"))
                .contains("node.id=0", "log.retention.hours=168");
        assertThat(configs(
                        "--entity-type",
                        "brokers",
                        "--entity-default",
                        "--alter",
                        "--add-config",
                        "log.retention.bytes=123456"))
                .contains("Completed updating default config for brokers in the cluster");
        configs(
                "--entity-type",
                "brokers",
                "--entity-name",
                "0",
                "--alter",
                "--add-config",
                "log.cleanup.policy=[compact,delete]");
        assertThat(configs("--entity-type", "brokers", "--entity-default", "--describe"))
                .contains("log.retention.bytes=123456");
        assertThat(configs("--entity-type", "brokers", "--entity-name", "0", "--describe"))
                .contains("log.cleanup.policy=compact,delete", "DYNAMIC_BROKER_CONFIG");
        assertThat(configs("--entity-type", "topics", "--entity-name", "t", "--describe", "--all"))
                .contains("retention.bytes=123456", "DYNAMIC_DEFAULT_BROKER_CONFIG:log.retention.bytes=123456");
        assertThat(new KafkaTool("ConfigCommand", directory)
                        .tried(
                                gateway.endpoint("kafka"),
                                "--entity-type",
                                "brokers",
                                "--entity-default",
                                "--alter",
                                "--add-config",
                                "num.io.threads=9"))
                .contains("Cannot update num.io.threads dynamically");
        configs("--entity-type", "brokers", "--entity-default", "--alter", "--delete-config", "log.retention.bytes");
        configs("--entity-type", "brokers", "--entity-name", "0", "--alter", "--delete-config", "log.cleanup.policy");
        assertThat(configs("--entity-type", "brokers", "--entity-default", "--describe"))
                .doesNotContain("log.retention.bytes");
    }

    @Test
    void quotasOfUsersAndAddressesAreKept() throws Exception {
        String[] user = {"--entity-type", "users", "--entity-name", "anna"};
        String[] address = {"--entity-type", "ips", "--entity-name", "10.9.8.7"};
        configs(with(user, "--alter", "--add-config", "request_percentage=50.5,controller_mutation_rate=3"));
        configs(with(address, "--alter", "--add-config", "connection_creation_rate=5"));
        assertThat(configs(with(user, "--describe")))
                .contains("request_percentage=50.5", "controller_mutation_rate=3.0");
        assertThat(configs(with(address, "--describe"))).contains("connection_creation_rate=5.0");
        configs(with(address, "--alter", "--delete-config", "connection_creation_rate"));
        assertThat(configs(with(address, "--describe"))).doesNotContain("connection_creation_rate");
    }

    @Test
    void levelsOfLoggersAreChanged() throws Exception {
        String[] loggers = {"--entity-type", "broker-loggers", "--entity-name", "0"};
        assertThat(configs(with(loggers, "--describe"))).contains("root=INFO", "io.polylog.server.Main=INFO");
        configs(with(loggers, "--alter", "--add-config", "io.polylog.server.Main=DEBUG"));
        assertThat(configs(with(loggers, "--describe"))).contains("io.polylog.server.Main=DEBUG");
        configs(with(loggers, "--alter", "--delete-config", "io.polylog.server.Main"));
        assertThat(configs(with(loggers, "--describe"))).contains("io.polylog.server.Main=INFO");
    }

    @Test
    void clientsMetricsAreSubscribedTo() throws Exception {
        assertThat(tool(
                        "ClientMetricsCommand",
                        "--alter",
                        "--name",
                        "slow",
                        "--metrics",
                        "org.apache.kafka.producer.,org.apache.kafka.consumer.",
                        "--interval",
                        "30000",
                        "--match",
                        "client_id=orders.*"))
                .contains("Altered client metrics config for slow");
        assertThat(tool("ClientMetricsCommand", "--list")).contains("slow");
        assertThat(tool("ClientMetricsCommand", "--describe", "--name", "slow"))
                .contains("interval.ms=30000", "match=client_id=orders.*", "metrics=org.apache.kafka.producer.");
        String[] entity = {"--entity-type", "client-metrics", "--entity-name", "slow"};
        configs(with(entity, "--alter", "--add-config", "interval.ms=60000"));
        assertThat(configs(with(entity, "--describe"))).contains("interval.ms=60000", "CLIENT_METRICS_CONFIG");
        assertThat(new KafkaTool("ClientMetricsCommand", directory)
                        .tried(gateway.endpoint("kafka"), "--alter", "--name", "slow", "--interval", "5"))
                .contains("interval must be between 100 and 3600000");
        tool("ClientMetricsCommand", "--delete", "--name", "slow");
        assertThat(tool("ClientMetricsCommand", "--list")).doesNotContain("slow");
    }

    @Test
    void settingsOfGroupsAreChangedAndDescribed() throws Exception {
        String[] group = {"--entity-type", "groups", "--entity-name", "readers"};
        configs(with(group, "--alter", "--add-config", "consumer.session.timeout.ms=50000"));
        assertThat(configs(with(group, "--describe"))).contains("consumer.session.timeout.ms=50000");
        configs(with(group, "--alter", "--delete-config", "consumer.session.timeout.ms"));
        assertThat(configs(with(group, "--describe"))).doesNotContain("=50000");
    }

    private static String[] with(String[] some, String... more) {
        return java.util.stream.Stream.concat(java.util.Arrays.stream(some), java.util.Arrays.stream(more))
                .toArray(String[]::new);
    }

    @Test
    void logDirectoriesHaveTheSizesOfPartitions() throws Exception {
        assertThat(tool("LogDirsCommand", "--describe", "--topic-list", "t"))
                .contains(
                        "\"partition\":\"t-0\"",
                        "\"partition\":\"t-1\"",
                        directory.resolve("data").toString())
                .containsPattern("\"size\":[1-9]");
    }

    @Test
    void featuresAreDescribedAndNotChanged() throws Exception {
        assertThat(tool("FeatureCommand", "describe"))
                .contains("metadata.version", "4.4-IV2", "group.version", "streams.version");
        assertThat(new KafkaTool("FeatureCommand", directory)
                        .tried(gateway.endpoint("kafka"), "downgrade", "--feature", "group.version=0"))
                .contains("fixed");
    }

    @Test
    void theQuorumIsThisNode() throws Exception {
        assertThat(tool("MetadataQuorumCommand", "describe", "--status")).contains("LeaderId:", "CurrentVoters:");
        assertThat(tool("MetadataQuorumCommand", "describe", "--replication")).contains("Leader");
    }

    @Test
    void electionsAreNotNeeded() throws Exception {
        assertThat(tool("LeaderElectionCommand", "--election-type", "preferred", "--topic", "t", "--partition", "0"))
                .contains("Valid replica already elected for partitions t-0");
    }

    @Test
    void reassignmentsToTheSameNodeComplete() throws Exception {
        Path plan = Files.writeString(
                directory.resolve("plan.json"),
                "{\"version\":1,\"partitions\":[{\"topic\":\"t\",\"partition\":0,\"replicas\":[0],\"log_dirs\":[\"any\"]}]}");
        assertThat(tool("reassign.ReassignPartitionsCommand", "--reassignment-json-file", plan.toString(), "--execute"))
                .contains("Successfully started partition reassignment for t-0");
        assertThat(tool("reassign.ReassignPartitionsCommand", "--reassignment-json-file", plan.toString(), "--verify"))
                .contains("Reassignment of partition t-0 is completed");
        assertThat(tool("TopicCommand", "--describe", "--topic", "t")).contains("PartitionCount: 2");
    }

    @Test
    void groupsClusterAndOffsetsAreShown() throws Exception {
        assertThat(tool("GroupsCommand", "--list")).isNotNull();
        assertThat(tool("ClusterTool", "cluster-id")).contains("Cluster ID: ");
        assertThat(tool("GetOffsetShell", "--topic", "t", "--time", "earliest")).contains("t:0:0", "t:1:0");
        assertThat(tool("BrokerApiVersionsCommand")).contains("StreamsGroupHeartbeat(88): 0 to 1");
    }

    private static String configs(String... arguments) throws Exception {
        return tool("ConfigCommand", arguments);
    }

    private static String tool(String name, String... arguments) throws Exception {
        if (name.equals("ClusterTool")) {
            return new KafkaTool(name, directory)
                    .runBare(
                            arguments[0],
                            "--bootstrap-server",
                            gateway.endpoint("kafka").toString());
        }
        return new KafkaTool(name, directory).run(gateway.endpoint("kafka"), arguments);
    }
}
