package io.polylog.kafka;

import static io.polylog.kafka.AclBindings.acl;
import static io.polylog.kafka.AclBindings.allow;
import static io.polylog.kafka.AclBindings.cluster;
import static io.polylog.kafka.AclCases.PARTITION;
import static io.polylog.kafka.AclCases.TOPIC_NAME;
import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.ResourceType.CLUSTER;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.polylog.testkit.TestGateway;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What stock clients may do as access control lists have it, and how they are told that they may not. */
class AclTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    static Path directory;

    private static TestGateway gateway;
    private static Admin root;

    @BeforeAll
    static void start() throws Exception {
        Files.writeString(directory.resolve("password"), "pw");
        gateway = TestGateway.start(
                directory.resolve("data"),
                Map.of(
                        "kafka.sasl.mechanisms", "PLAIN",
                        "security.acls", "true",
                        "security.admin-user", "root",
                        "security.admin-password-file",
                                directory.resolve("password").toString()),
                new KafkaAdapterFactory());
        root = SecureClients.admin(as("root"));
        root.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                        "anna", new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096), "pw")))
                .all()
                .get();
        SecureClients.produce(as("root"), TOPIC_NAME, new byte[] {1});
        for (String group : List.of("sharers", "shared", "watched")) {
            root.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.GROUP, group),
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("share.auto.offset.reset", "earliest"), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
        AclCases.share(as("root"), "shared");
        root.alterConsumerGroupOffsets("readers", Map.of(PARTITION, new OffsetAndMetadata(0)))
                .all()
                .get();
    }

    @AfterAll
    static void stop() throws Exception {
        root.close();
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    @AfterEach
    void takeAllRightsAway() throws Exception {
        root.deleteAcls(List.of(AclBindingFilter.ANY)).all().get();
        assertThat(root.describeAcls(AclBindingFilter.ANY).values().get()).isEmpty();
    }

    private static Map<String, Object> as(String user) {
        return SecureClients.sasl(SecureClients.plain(gateway.port("kafka")), "PLAIN", user, "pw");
    }

    private static void add(Collection<AclBinding> acls) throws Exception {
        root.createAcls(acls).all().get();
    }

    static Stream<AclCases.Case> cases() {
        return new AclCases(root, as("anna")).all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isRefusedWithoutTheRightAndDoneWithIt(AclCases.Case one) throws Exception {
        add(one.has());
        assertThat(unwrapped(catchThrowable(one.action()::run))).isInstanceOf(one.refusal());

        add(one.needs());

        one.action().run();
    }

    private static Throwable unwrapped(Throwable failure) {
        return failure instanceof ExecutionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    @Test
    void aProhibitionTakesTheRightAway() throws Exception {
        add(List.of(acl(AclPermissionType.ALLOW, TOPIC, "*", WRITE, PatternType.LITERAL)));
        SecureClients.produce(as("anna"), TOPIC_NAME, new byte[] {2});

        add(List.of(acl(AclPermissionType.DENY, TOPIC, "ord", WRITE, PatternType.PREFIXED)));

        assertThatThrownBy(() -> SecureClients.produce(as("anna"), TOPIC_NAME, new byte[] {2}))
                .isInstanceOf(TopicAuthorizationException.class);
    }

    /** A share session outlives the request that opened it, and the rights that it was opened with. */
    @Test
    void aShareSessionReadsNoLongerThanItMay() throws Exception {
        AclBinding reading = allow(TOPIC, TOPIC_NAME, READ);
        add(List.of(reading, allow(TOPIC, TOPIC_NAME, DESCRIBE), allow(GROUP, "watched", READ)));
        Map<String, Object> settings = new HashMap<>(as("anna"));
        settings.put("group.id", "watched");
        try (ShareConsumer<byte[], byte[]> consumer =
                new KafkaShareConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(TOPIC_NAME));
            await().atMost(PATIENCE)
                    .until(() -> !consumer.poll(Duration.ofMillis(200)).isEmpty());

            root.deleteAcls(List.of(reading.toFilter())).all().get();
            SecureClients.produce(as("root"), TOPIC_NAME, new byte[] {3});

            await().atMost(PATIENCE)
                    .until(
                            () -> catchThrowable(() -> consumer.poll(Duration.ofMillis(200))),
                            TopicAuthorizationException.class::isInstance);
            add(List.of(reading));
            List<Byte> read = new ArrayList<>();
            await().atMost(PATIENCE).ignoreExceptions().until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> read.add(record.value()[0]));
                return read.contains((byte) 3);
            });
        }
    }

    @Test
    void aPatternMatchesTopicsThatMayBeSeen() throws Exception {
        SecureClients.produce(as("root"), TOPIC_NAME + "-hidden", new byte[] {1});
        add(List.of(
                allow(TOPIC, TOPIC_NAME, READ),
                allow(TOPIC, TOPIC_NAME, DESCRIBE),
                allow(GROUP, "matching", READ),
                allow(GROUP, "matching", DESCRIBE)));
        Map<String, Object> settings = new HashMap<>(as("anna"));
        settings.putAll(Map.of("group.id", "matching", "group.protocol", "consumer", "auto.offset.reset", "earliest"));
        try (Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(new SubscriptionPattern(TOPIC_NAME + ".*"));
            await().atMost(PATIENCE)
                    .until(() -> !consumer.poll(Duration.ofMillis(200)).isEmpty());

            assertThat(consumer.assignment()).extracting(TopicPartition::topic).containsOnly(TOPIC_NAME);
        }
    }

    @Test
    void topicsGroupsAndRightsAreSeenAsFarAsTheyMayBe() throws Exception {
        try (Admin admin = SecureClients.admin(as("anna"))) {
            assertThat(admin.listTopics().names().get()).isEmpty();
            assertThat(admin.listGroups().all().get()).isEmpty();
            add(List.of(allow(TOPIC, TOPIC_NAME, READ), allow(GROUP, "readers", DESCRIBE), cluster(CREATE)));

            assertThat(admin.listTopics().names().get()).containsExactly(TOPIC_NAME);
            assertThat(admin.listGroups().all().get()).hasSize(1);
            assertThat(admin.describeCluster(new DescribeClusterOptions().includeAuthorizedOperations(true))
                            .authorizedOperations()
                            .get())
                    .containsExactly(CREATE);
            assertThat(admin.describeTopics(
                                    List.of(TOPIC_NAME), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                            .allTopicNames()
                            .get()
                            .get(TOPIC_NAME)
                            .authorizedOperations())
                    .containsExactlyInAnyOrder(READ, DESCRIBE);
        }
    }

    @Test
    void aTopicThatMayNotBeSeenIsNotMadeByLooking() throws Exception {
        add(List.of(allow(TOPIC, "hidden", READ)));

        assertThatThrownBy(() -> SecureClients.produce(as("anna"), "hidden", new byte[] {1}))
                .isInstanceOf(TopicAuthorizationException.class);
        assertThat(root.listTopics().names().get()).doesNotContain("hidden");
    }

    @Test
    void entriesThatCannotBeAreRefused() {
        for (AclBinding wrong : List.of(
                allow(ResourceType.DELEGATION_TOKEN, "t", DESCRIBE),
                allow(CLUSTER, "another", DESCRIBE),
                new AclBinding(
                        new ResourcePattern(TOPIC, "t", PatternType.LITERAL),
                        new AccessControlEntry("anna", "*", READ, AclPermissionType.ALLOW)))) {
            assertThatThrownBy(() -> add(List.of(wrong)))
                    .as("%s", wrong)
                    .hasCauseInstanceOf(InvalidRequestException.class);
        }
    }
}
