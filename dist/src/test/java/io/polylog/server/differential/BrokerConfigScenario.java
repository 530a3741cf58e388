package io.polylog.server.differential;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigResource.Type;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.protocol.ApiKeys;

/** Settings of the broker that are changed while it runs: for all nodes, for one, and as topics see them. */
final class BrokerConfigScenario implements Scenario {

    private static final String ALL = "";
    private static final String NODE = "0";
    private static final int DESCRIBES = 4;

    @Override
    public void run(Play play) {
        Setting.topic(play, "follower", 1);
        play.everyVersion(ApiKeys.DESCRIBE_CONFIGS, version -> describe(play, "a node", version, Type.BROKER, NODE));
        play.everyVersion(ApiKeys.INCREMENTAL_ALTER_CONFIGS, version -> {
            for (String node : List.of(ALL, NODE)) {
                refuses(play, version, node);
                takes(play, version, node);
            }
            takesForTheTopic(play, version);
        });
        play.everyVersion(ApiKeys.ALTER_CONFIGS, version -> replaces(play, version));
    }

    private static void refuses(Play play, int version, String node) {
        for (String[] wrong : BrokerValues.REFUSED) {
            change(play, node + " " + wrong[0] + "=" + wrong[1], version, node, op(OpType.SET, wrong[0], wrong[1]));
        }
        change(play, "append to a number", version, node, op(OpType.APPEND, "log.retention.ms", "7"));
        change(play, "append to an unknown key", version, node, op(OpType.APPEND, "no.such.key", "7"));
        change(play, "delete an unknown key", version, node, op(OpType.DELETE, "no.such.key", null));
        change(play, "delete what is not set", version, node, op(OpType.DELETE, "log.retention.ms", null));
        change(play, "null", version, node, op(OpType.SET, "log.retention.ms", null));
        change(play, "another broker", version, "99", op(OpType.SET, "log.retention.ms", "7"));
        change(play, "a broker that is no number", version, "first", op(OpType.SET, "log.retention.ms", "7"));
    }

    private static void takes(Play play, int version, String node) {
        for (String[] idle : BrokerValues.FOR_NOTHING) {
            play.ask(
                    idle[0] + " that counts for nothing here",
                    ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                    version,
                    request(node, op(OpType.SET, idle[0], idle[1])).setValidateOnly(true));
        }
        for (String[] right : BrokerValues.TAKEN) {
            play.ask(
                    node + " " + right[0] + "=" + right[1] + " validated only",
                    ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                    version,
                    request(node, op(OpType.SET, right[0], right[1])).setValidateOnly(true));
        }
    }

    private static void takesForTheTopic(Play play, int version) {
        change(play, "for all", version, ALL, op(OpType.SET, "log.retention.ms", "33000"));
        change(play, "for the node", version, NODE, op(OpType.SET, "log.retention.ms", "22000"));
        change(play, "a list", version, ALL, op(OpType.APPEND, "log.cleanup.policy", "compact"));
        awaitTopic(play, "retention.ms", "22000"::equals);
        awaitTopic(play, "cleanup.policy", "delete,compact"::equals);
        describe(play, "a topic under both", DESCRIBES, Type.TOPIC, "follower");
        describe(play, "all nodes with settings", DESCRIBES, Type.BROKER, ALL);
        describe(play, "a node with settings", DESCRIBES, Type.BROKER, NODE);
        change(play, "of the node again", version, NODE, op(OpType.DELETE, "log.retention.ms", null));
        awaitTopic(play, "retention.ms", "33000"::equals);
        describe(play, "a topic under those for all", DESCRIBES, Type.TOPIC, "follower");
        change(play, "of all again", version, ALL, op(OpType.DELETE, "log.retention.ms", null));
        change(play, "the list of all again", version, ALL, op(OpType.DELETE, "log.cleanup.policy", null));
        awaitTopic(play, "retention.ms", "604800000"::equals);
        awaitTopic(play, "cleanup.policy", "delete"::equals);
        describe(play, "a topic as it was", DESCRIBES, Type.TOPIC, "follower");
    }

    private static void replaces(Play play, int version) {
        replace(play, "for the node", version, NODE, "log.retention.ms", "44000");
        awaitTopic(play, "retention.ms", "44000"::equals);
        replace(play, "another key", version, NODE, "log.retention.bytes", "55000");
        awaitTopic(play, "retention.ms", "604800000"::equals);
        replace(play, "no number", version, NODE, "log.retention.ms", "soon");
        replace(play, "a key for start only", version, NODE, "num.partitions", "3");
        replace(play, "null", version, NODE, "log.retention.ms", null);
        replace(play, "another broker", version, "99", "log.retention.ms", "7");
        change(play, "the last again", 1, NODE, op(OpType.DELETE, "log.retention.bytes", null));
        awaitTopic(play, "retention.bytes", "-1"::equals);
    }

    /** Kafka's controller answers before its broker knows. */
    private static void awaitTopic(Play play, String key, Predicate<String> expected) {
        play.prepare(
                ApiKeys.DESCRIBE_CONFIGS,
                DESCRIBES,
                side -> description(Type.TOPIC, "follower", List.of(key)),
                answer -> ((DescribeConfigsResponseData) answer)
                        .results().get(0).configs().stream()
                                .map(DescribeConfigsResourceResult::value)
                                .allMatch(expected));
    }

    private static void describe(Play play, String step, int version, Type type, String name) {
        List<String> keys = type == Type.TOPIC
                ? List.of("retention.ms", "cleanup.policy", "segment.ms", "flush.ms", "max.message.bytes")
                : Stream.concat(Stream.of("node.id", "no.such.key"), BrokerValues.COMPARED.stream())
                        .toList();
        play.ask(
                step,
                ApiKeys.DESCRIBE_CONFIGS,
                version,
                description(type, name, keys).setIncludeSynonyms(true).setIncludeDocumentation(version >= 3));
    }

    private static DescribeConfigsRequestData description(Type type, String name, List<String> keys) {
        return new DescribeConfigsRequestData()
                .setResources(List.of(new DescribeConfigsResource()
                        .setResourceType(type.id())
                        .setResourceName(name)
                        .setConfigurationKeys(keys)));
    }

    private static AlterableConfig op(OpType operation, String key, String value) {
        return new AlterableConfig()
                .setName(key)
                .setConfigOperation(operation.id())
                .setValue(value);
    }

    private static void change(Play play, String step, int version, String node, AlterableConfig change) {
        play.ask(step, ApiKeys.INCREMENTAL_ALTER_CONFIGS, version, request(node, change));
    }

    private static IncrementalAlterConfigsRequestData request(String node, AlterableConfig change) {
        AlterConfigsResource resource =
                new AlterConfigsResource().setResourceType(Type.BROKER.id()).setResourceName(node);
        resource.configs().mustAdd(change);
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        request.resources().add(resource);
        return request;
    }

    private static void replace(Play play, String step, int version, String node, String key, String value) {
        AlterConfigsRequestData.AlterConfigsResource resource = new AlterConfigsRequestData.AlterConfigsResource()
                .setResourceType(Type.BROKER.id())
                .setResourceName(node);
        resource.configs()
                .add(new AlterConfigsRequestData.AlterableConfig().setName(key).setValue(value));
        AlterConfigsRequestData request = new AlterConfigsRequestData();
        request.resources().add(resource);
        play.ask(step, ApiKeys.ALTER_CONFIGS, version, request);
    }
}
