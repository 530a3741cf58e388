package io.polylog.kafka;

import static io.polylog.kafka.AclBindings.acl;
import static io.polylog.kafka.AclBindings.allow;
import static org.apache.kafka.common.acl.AclOperation.ALTER;
import static org.apache.kafka.common.acl.AclOperation.ALTER_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListConfigResourcesOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Each thing that a client may ask for, with a right that does not suffice and the one that does. The topic, the groups and their
 * settings are there already.
 */
final class AclCases {

    static final String TOPIC_NAME = "orders";
    static final TopicPartition PARTITION = new TopicPartition(TOPIC_NAME, 0);

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Admin root;
    private final Map<String, Object> anna;

    /**
     * @param root may do everything
     * @param anna connects as the user of {@link AclBindings}
     */
    AclCases(Admin root, Map<String, Object> anna) {
        this.root = root;
        this.anna = anna;
    }

    interface Action {
        void run() throws Exception;
    }

    private interface Question {
        Object ask(Admin admin) throws Exception;
    }

    private static final ConfigResource METRICS = new ConfigResource(ConfigResource.Type.CLIENT_METRICS, "all");
    private static final ConfigResource BROKER = new ConfigResource(ConfigResource.Type.BROKER, "0");

    /**
     * @param has what is granted from the start and does not suffice
     * @param needs what has to be added
     */
    record Case(
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

    private Case group(String name, AclOperation operation, Question question) {
        return new Case(
                name,
                List.of(allow(TOPIC, TOPIC_NAME, READ)),
                List.of(allow(GROUP, "readers", operation)),
                GroupAuthorizationException.class,
                asking(question));
    }

    private Case cluster(String name, AclOperation operation, Question question) {
        return new Case(
                name,
                List.of(),
                List.of(AclBindings.cluster(operation)),
                ClusterAuthorizationException.class,
                asking(question));
    }

    private Action asking(Question question) {
        return () -> {
            try (Admin admin = SecureClients.admin(anna)) {
                question.ask(admin);
            }
        };
    }

    Stream<Case> all() {
        ConfigResource config = new ConfigResource(ConfigResource.Type.TOPIC, TOPIC_NAME);
        return Stream.of(
                topic("produce", WRITE, () -> SecureClients.produce(anna, TOPIC_NAME, new byte[] {2})),
                topic("consume", READ, () -> SecureClients.read(anna, TOPIC_NAME, 1)),
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
                new Case(
                        "consume in a share group",
                        List.of(allow(TOPIC, TOPIC_NAME, READ)),
                        List.of(allow(GROUP, "sharers", READ)),
                        GroupAuthorizationException.class,
                        () -> share(anna, "sharers")),
                new Case(
                        "describe share group",
                        List.of(allow(TOPIC, TOPIC_NAME, DESCRIBE)),
                        List.of(allow(GROUP, "shared", DESCRIBE)),
                        GroupAuthorizationException.class,
                        asking(admin -> admin.describeShareGroups(List.of("shared"))
                                .all()
                                .get())),
                new Case(
                        "alter share group offsets",
                        List.of(allow(TOPIC, TOPIC_NAME, READ), allow(GROUP, "shared", DESCRIBE)),
                        List.of(allow(GROUP, "shared", READ)),
                        GroupAuthorizationException.class,
                        asking(admin -> admin.alterShareGroupOffsets("shared", Map.of(PARTITION, 0L))
                                .all()
                                .get())),
                new Case(
                        "delete share group offsets",
                        List.of(allow(TOPIC, TOPIC_NAME, READ), allow(GROUP, "shared", READ)),
                        List.of(allow(GROUP, "shared", DELETE)),
                        GroupAuthorizationException.class,
                        asking(admin -> admin.deleteShareGroupOffsets("shared", Set.of(TOPIC_NAME))
                                .all()
                                .get())),
                topic(
                        "describe producers",
                        READ,
                        asking(admin -> admin.describeProducers(List.of(PARTITION))
                                .all()
                                .get())),
                new Case(
                        "delete records",
                        List.of(allow(TOPIC, TOPIC_NAME, WRITE)),
                        List.of(allow(TOPIC, TOPIC_NAME, DELETE)),
                        TopicAuthorizationException.class,
                        asking(admin -> admin.deleteRecords(Map.of(PARTITION, RecordsToDelete.beforeOffset(0)))
                                .all()
                                .get())),
                new Case(
                        "delete group",
                        List.of(allow(GROUP, "left", READ)),
                        List.of(allow(GROUP, "left", DELETE)),
                        GroupAuthorizationException.class,
                        asking(admin -> {
                            root.alterConsumerGroupOffsets("left", Map.of(PARTITION, new OffsetAndMetadata(0)))
                                    .all()
                                    .get();
                            return admin.deleteConsumerGroups(List.of("left"))
                                    .all()
                                    .get();
                        })),
                group(
                        "delete offsets",
                        DELETE,
                        admin -> admin.deleteConsumerGroupOffsets("readers", Set.of(PARTITION))
                                .all()
                                .get()),
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
                        "describe configs of the broker",
                        DESCRIBE_CONFIGS,
                        admin -> admin.describeConfigs(List.of(BROKER)).all().get()),
                cluster(
                        "alter configs of the broker",
                        ALTER_CONFIGS,
                        admin -> admin.incrementalAlterConfigs(Map.of(
                                        BROKER,
                                        List.of(new AlterConfigOp(
                                                new ConfigEntry("log.preallocate", "true"), AlterConfigOp.OpType.SET))))
                                .all()
                                .get()),
                cluster(
                        "describe a subscription to clients' metrics",
                        DESCRIBE_CONFIGS,
                        admin -> admin.describeConfigs(List.of(METRICS)).all().get()),
                cluster(
                        "list the subscriptions to clients' metrics",
                        DESCRIBE_CONFIGS,
                        admin -> admin.listConfigResources(
                                        Set.of(ConfigResource.Type.CLIENT_METRICS), new ListConfigResourcesOptions())
                                .all()
                                .get()),
                cluster(
                        "alter a subscription to clients' metrics",
                        ALTER_CONFIGS,
                        admin -> admin.incrementalAlterConfigs(Map.of(
                                        METRICS,
                                        List.of(new AlterConfigOp(
                                                new ConfigEntry("interval.ms", "5000"), AlterConfigOp.OpType.SET))))
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
                        admin -> admin.createAcls(List.of(AclBindings.cluster(ALTER)))
                                .all()
                                .get()),
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

    static void share(Map<String, Object> client, String group) {
        Map<String, Object> settings = new HashMap<>(client);
        settings.put("group.id", group);
        try (ShareConsumer<byte[], byte[]> consumer =
                new KafkaShareConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(TOPIC_NAME));
            await().atMost(PATIENCE)
                    .until(() -> !consumer.poll(Duration.ofMillis(200)).isEmpty());
        }
    }

    private void subscribe(String protocol) {
        Map<String, Object> settings = new HashMap<>(anna);
        settings.put("group.id", protocol.equals("classic") ? "members" : "members-consumer");
        settings.put("group.protocol", protocol);
        try (Consumer<byte[], byte[]> consumer = SecureClients.consumer(settings)) {
            consumer.subscribe(List.of(TOPIC_NAME));
            await().atMost(PATIENCE)
                    .until(() -> !consumer.poll(Duration.ofMillis(200)).isEmpty());
        }
    }
}
