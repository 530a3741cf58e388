package io.polylog.kafka;

import static org.apache.kafka.common.acl.AclOperation.ALTER;
import static org.apache.kafka.common.acl.AclOperation.ALTER_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
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
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What stock clients may do as access control lists have it, and how they are told that they may not. */
class AclTest {

    private static final String TOPIC_NAME = "orders";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC_NAME, 0);

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

    private static AclBinding acl(
            AclPermissionType permission, ResourceType type, String name, AclOperation operation, PatternType pattern) {
        return new AclBinding(
                new ResourcePattern(type, name, pattern),
                new AccessControlEntry("User:anna", "*", operation, permission));
    }

    private static AclBinding allow(ResourceType type, String name, AclOperation operation) {
        return acl(AclPermissionType.ALLOW, type, name, operation, PatternType.LITERAL);
    }

    private static AclBinding cluster(AclOperation operation) {
        return allow(CLUSTER, "kafka-cluster", operation);
    }

    private static void add(Collection<AclBinding> acls) throws Exception {
        root.createAcls(acls).all().get();
    }

    private interface Action {
        void run() throws Exception;
    }

    private interface Question {
        Object ask(Admin admin) throws Exception;
    }

    /**
     * @param has what is granted from the start and does not suffice
     * @param needs what has to be added
     */
    private record Case(
            String name,
            List<AclBinding> has,
            List<AclBinding> needs,
            Class<? extends Exception> refusal,
            Action action) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case topic(String name, AclOperation operation, Action action) {
        return new Case(
                name,
                List.of(),
                List.of(allow(TOPIC, TOPIC_NAME, operation)),
                TopicAuthorizationException.class,
                action);
    }

    private static Case group(String name, AclOperation operation, Question question) {
        return new Case(
                name,
                List.of(allow(TOPIC, TOPIC_NAME, READ)),
                List.of(allow(GROUP, "readers", operation)),
                GroupAuthorizationException.class,
                asking(question));
    }

    private static Case cluster(String name, AclOperation operation, Question question) {
        return new Case(
                name, List.of(), List.of(cluster(operation)), ClusterAuthorizationException.class, asking(question));
    }

    private static Action asking(Question question) {
        return () -> {
            try (Admin admin = SecureClients.admin(as("anna"))) {
                question.ask(admin);
            }
        };
    }

    static Stream<Case> cases() {
        ConfigResource config = new ConfigResource(ConfigResource.Type.TOPIC, TOPIC_NAME);
        return Stream.of(
                topic("produce", WRITE, () -> SecureClients.produce(as("anna"), TOPIC_NAME, new byte[] {2})),
                topic("consume", READ, () -> SecureClients.read(as("anna"), TOPIC_NAME, 1)),
                topic(
                        "describe topic",
                        DESCRIBE,
                        asking(admin -> admin.describeTopics(List.of(TOPIC_NAME))
                                .allTopicNames()
                                .get())),
                topic(
                        "list offsets",
                        DESCRIBE,
                        asking(admin -> admin.listOffsets(Map.of(PARTITION, OffsetSpec.latest()))
                                .all()
                                .get())),
                topic(
                        "describe configs",
                        DESCRIBE_CONFIGS,
                        asking(admin ->
                                admin.describeConfigs(List.of(config)).all().get())),
                topic(
                        "alter configs",
                        ALTER_CONFIGS,
                        asking(admin -> admin.incrementalAlterConfigs(Map.of(
                                        config,
                                        List.of(new AlterConfigOp(
                                                new ConfigEntry("retention.ms", "1000000"), AlterConfigOp.OpType.SET))))
                                .all()
                                .get())),
                topic(
                        "grow topic",
                        ALTER,
                        asking(admin -> admin.createPartitions(Map.of(
                                        TOPIC_NAME,
                                        NewPartitions.increaseTo(root.describeTopics(List.of(TOPIC_NAME))
                                                        .allTopicNames()
                                                        .get()
                                                        .get(TOPIC_NAME)
                                                        .partitions()
                                                        .size()
                                                + 1)))
                                .all()
                                .get())),
                new Case(
                        "create topic by a prefix",
                        List.of(allow(TOPIC, "made", CREATE)),
                        List.of(acl(AclPermissionType.ALLOW, TOPIC, "made.", CREATE, PatternType.PREFIXED)),
                        TopicAuthorizationException.class,
                        asking(admin -> admin.createTopics(List.of(new NewTopic("made.here", 1, (short) 1)))
                                .all()
                                .get())),
                new Case(
                        "delete topic",
                        List.of(),
                        List.of(allow(TOPIC, "made.twice", DELETE), allow(TOPIC, "made.twice", DESCRIBE)),
                        TopicAuthorizationException.class,
                        asking(admin -> {
                            root.createTopics(List.of(new NewTopic("made.twice", 1, (short) 1)));
                            return admin.deleteTopics(List.of("made.twice"))
                                    .all()
                                    .get();
                        })),
                new Case(
                        "consume in a group",
                        List.of(allow(TOPIC, TOPIC_NAME, READ)),
                        List.of(allow(GROUP, "members", READ)),
                        GroupAuthorizationException.class,
                        () -> subscribe("classic")),
                new Case(
                        "consume in a group of the next protocol",
                        List.of(allow(TOPIC, TOPIC_NAME, READ)),
                        List.of(allow(GROUP, "members-consumer", READ)),
                        GroupAuthorizationException.class,
                        () -> subscribe("consumer")),
                group(
                        "describe group",
                        DESCRIBE,
                        admin -> admin.describeConsumerGroups(List.of("readers"))
                                .all()
                                .get()),
                group(
                        "fetch offsets",
                        DESCRIBE,
                        admin -> admin.listConsumerGroupOffsets("readers")
                                .partitionsToOffsetAndMetadata()
                                .get()),
                group(
                        "commit offsets",
                        READ,
                        admin -> admin.alterConsumerGroupOffsets("readers", Map.of(PARTITION, new OffsetAndMetadata(0)))
                                .all()
                                .get()),
                cluster(
                        "describe ACLs",
                        DESCRIBE,
                        admin -> admin.describeAcls(AclBindingFilter.ANY)
                                .values()
                                .get()),
                cluster(
                        "create ACLs",
                        ALTER,
                        admin -> admin.createAcls(List.of(cluster(ALTER))).all().get()),
                cluster(
                        "delete ACLs",
                        ALTER,
                        admin -> admin.deleteAcls(List.of(AclBindingFilter.ANY))
                                .all()
                                .get()),
                cluster(
                        "describe credentials",
                        DESCRIBE,
                        admin -> admin.describeUserScramCredentials().all().get()),
                cluster(
                        "alter credentials",
                        ALTER,
                        admin -> admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                                        "ben", new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096), "pw")))
                                .all()
                                .get()));
    }

    private static void subscribe(String protocol) {
        Map<String, Object> settings = new HashMap<>(as("anna"));
        settings.put("group.id", protocol.equals("classic") ? "members" : "members-consumer");
        settings.put("group.protocol", protocol);
        try (Consumer<byte[], byte[]> consumer = SecureClients.consumer(settings)) {
            consumer.subscribe(List.of(TOPIC_NAME));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> !consumer.poll(Duration.ofMillis(200)).isEmpty());
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isRefusedWithoutTheRightAndDoneWithIt(Case one) throws Exception {
        add(one.has);
        assertThat(unwrapped(catchThrowable(one.action::run))).isInstanceOf(one.refusal);

        add(one.needs);

        one.action.run();
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
