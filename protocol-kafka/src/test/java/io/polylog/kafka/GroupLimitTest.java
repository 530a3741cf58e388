package io.polylog.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.testkit.TestGateway;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.ListConfigResourcesOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How often members of groups beat and are assigned, as groups and the broker are told while they run (KIP-848, KIP-932). */
class GroupLimitTest {

    private static final ConfigResource BROKER = new ConfigResource(ConfigResource.Type.BROKER, "0");
    private static final short VERSION = 1;

    @TempDir
    Path directory;

    private TestGateway gateway;
    private Admin admin;
    private RawClient client;
    private int requests;

    @BeforeEach
    void start() throws Exception {
        gateway = TestGateway.start(directory, new KafkaAdapterFactory());
        admin = SecureClients.admin(SecureClients.plain(gateway.port("kafka")));
        client = new RawClient(gateway.port("kafka"));
        admin.createTopics(List.of(new NewTopic("read", 2, (short) 1))).all().get();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        admin.close();
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    private static ConfigResource group(String group) {
        return new ConfigResource(ConfigResource.Type.GROUP, group);
    }

    private void change(ConfigResource resource, OpType operation, String name, String value) throws Exception {
        AlterConfigOp change = new AlterConfigOp(new ConfigEntry(name, value), operation);
        admin.incrementalAlterConfigs(Map.of(resource, List.of(change))).all().get();
    }

    private ConsumerGroupHeartbeatResponseData join(String group) throws Exception {
        ConsumerGroupHeartbeatRequestData beat = new ConsumerGroupHeartbeatRequestData()
                .setGroupId(group)
                .setMemberId(Uuid.randomUuid().toString())
                .setRebalanceTimeoutMs(60_000)
                .setSubscribedTopicNames(List.of("read"))
                .setTopicPartitions(List.of());
        client.send(ApiKeys.CONSUMER_GROUP_HEARTBEAT, VERSION, ++requests, beat);
        return (ConsumerGroupHeartbeatResponseData) client.receive(ApiKeys.CONSUMER_GROUP_HEARTBEAT, VERSION, requests)
                .data();
    }

    private ShareGroupHeartbeatResponseData joinShares(String group) throws Exception {
        ShareGroupHeartbeatRequestData beat = new ShareGroupHeartbeatRequestData()
                .setGroupId(group)
                .setMemberId(Uuid.randomUuid().toString())
                .setSubscribedTopicNames(List.of("read"));
        client.send(ApiKeys.SHARE_GROUP_HEARTBEAT, VERSION, ++requests, beat);
        return (ShareGroupHeartbeatResponseData)
                client.receive(ApiKeys.SHARE_GROUP_HEARTBEAT, VERSION, requests).data();
    }

    @Test
    void aGroupBeatsAsOftenAsItIsTold() throws Exception {
        assertThat(join("usual").heartbeatIntervalMs()).isEqualTo(5_000);
        change(group("slow"), OpType.SET, "consumer.heartbeat.interval.ms", "9000");
        assertThat(join("slow").heartbeatIntervalMs()).isEqualTo(9_000);
        assertThat(joinShares("shares").heartbeatIntervalMs()).isEqualTo(1_000);
        change(group("shares"), OpType.SET, "share.heartbeat.interval.ms", "8000");
        assertThat(joinShares("shares").heartbeatIntervalMs()).isEqualTo(8_000);
    }

    /** A second member within the interval is put off; without an interval it brings a new assignment at once. */
    @Test
    void groupsAreAssignedAsOftenAsTheBrokerOrTheGroupSays() throws Exception {
        change(BROKER, OpType.SET, "group.consumer.assignor.offload.enable", "false"); // on the thread that answers
        change(BROKER, OpType.SET, "group.consumer.assignment.interval.ms", "15000");
        assertThat(epochsGainedByASecondMember("patient")).isZero();

        change(group("hasty"), OpType.SET, "consumer.assignment.interval.ms", "0");
        assertThat(epochsGainedByASecondMember("hasty")).isEqualTo(1);

        change(BROKER, OpType.SET, "group.consumer.assignment.interval.ms", "0");
        assertThat(epochsGainedByASecondMember("later")).isEqualTo(1);
    }

    private int epochsGainedByASecondMember(String group) throws Exception {
        ConsumerGroupHeartbeatResponseData first = join(group);
        assertThat(first.assignment().topicPartitions()).isNotEmpty();
        return join(group).memberEpoch() - first.memberEpoch();
    }

    @Test
    void aGroupThatSaysNothingHasWhatTheBrokerSays() throws Exception {
        change(BROKER, OpType.SET, "group.share.assignment.interval.ms", "77");
        ConfigEntry interval = admin.describeConfigs(
                        List.of(group("any")), new DescribeConfigsOptions().includeSynonyms(true))
                .all()
                .get()
                .get(group("any"))
                .get("share.assignment.interval.ms");
        assertThat(interval.value()).isEqualTo("77");
        assertThat(interval.source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_BROKER_CONFIG);
        assertThat(interval.synonyms())
                .extracting(ConfigEntry.ConfigSynonym::name)
                .containsOnly("group.share.assignment.interval.ms");
    }

    @Test
    void groupsWithSettingsAreListed() throws Exception {
        change(group("listed"), OpType.SET, "consumer.session.timeout.ms", "50000");
        assertThat(admin.listConfigResources(Set.of(ConfigResource.Type.GROUP), new ListConfigResourcesOptions())
                        .all()
                        .get())
                .containsExactly(group("listed"));
    }

    @ParameterizedTest
    @CsvSource({
        "consumer.session.timeout.ms, 1000",
        "consumer.session.timeout.ms, 99999999",
        "consumer.heartbeat.interval.ms, 0",
        "consumer.assignment.interval.ms, 20000",
        "share.session.timeout.ms, 1",
        "streams.heartbeat.interval.ms, 100000",
        "streams.num.standby.replicas, 9"
    })
    void whatIsBeyondTheBrokersLimitsIsRefused(String name, String value) {
        assertThatThrownBy(() -> change(group("limited"), OpType.SET, name, value))
                .hasCauseInstanceOf(InvalidConfigurationException.class);
    }
}
