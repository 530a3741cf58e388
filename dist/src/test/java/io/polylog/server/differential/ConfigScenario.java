package io.polylog.server.differential;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigResource.Type;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.protocol.ApiKeys;

/** Settings of topics: DescribeConfigs, AlterConfigs, IncrementalAlterConfigs. */
final class ConfigScenario implements Scenario {

    private static final List<String> LAST_SET = List.of("errors.deadletterqueue.group.enable");

    @Override
    public void run(Play play) {
        Setting.topic(play, "set", 1);
        play.everyVersion(ApiKeys.DESCRIBE_CONFIGS, version -> describes(play, version));
        play.everyVersion(ApiKeys.INCREMENTAL_ALTER_CONFIGS, version -> changes(play, version));
        play.everyVersion(ApiKeys.ALTER_CONFIGS, version -> replaces(play, version));
    }

    private static void describes(Play play, int version) {
        describe(play, "a topic", version, Type.TOPIC, "set", null);
        describe(play, "two keys", version, Type.TOPIC, "set", List.of("retention.ms", "no.such.key"));
        describe(play, "a topic that is not there", version, Type.TOPIC, "nowhere", null);
        describe(play, "a topic with a bad name", version, Type.TOPIC, "a b", null);
        describe(play, "another broker", version, Type.BROKER, "99", null);
        describe(play, "a broker that is no number", version, Type.BROKER, "first", null);
        describe(play, "a resource of an unknown type", version, Type.UNKNOWN, "set", null);
        play.ask(
                "with documentation",
                ApiKeys.DESCRIBE_CONFIGS,
                version,
                description(Type.TOPIC, "set", null).setIncludeSynonyms(true).setIncludeDocumentation(version >= 3));
    }

    private static void describe(Play play, String step, int version, Type type, String name, List<String> keys) {
        play.ask(step, ApiKeys.DESCRIBE_CONFIGS, version, description(type, name, keys));
    }

    private static DescribeConfigsRequestData description(Type type, String name, List<String> keys) {
        return new DescribeConfigsRequestData()
                .setResources(List.of(new DescribeConfigsResource()
                        .setResourceType(type.id())
                        .setResourceName(name)
                        .setConfigurationKeys(keys)));
    }

    private static void changes(Play play, int version) {
        String name = "changed-" + version;
        Setting.topic(play, name, 1);
        change(play, "set", version, name, op("retention.ms", OpType.SET, "7"));
        change(play, "append", version, name, op("cleanup.policy", OpType.APPEND, "compact"));
        change(play, "append what is there", version, name, op("cleanup.policy", OpType.APPEND, "compact"));
        change(play, "subtract", version, name, op("cleanup.policy", OpType.SUBTRACT, "delete"));
        change(play, "delete", version, name, op("retention.ms", OpType.DELETE, null));
        change(play, "delete what is not set", version, name, op("retention.ms", OpType.DELETE, null));
        change(play, "an unknown key", version, name, op("no.such.key", OpType.SET, "7"));
        change(play, "delete an unknown key", version, name, op("no.such.key", OpType.DELETE, null));
        change(play, "no number", version, name, op("retention.ms", OpType.SET, "soon"));
        change(play, "no policy", version, name, op("cleanup.policy", OpType.SET, "burn"));
        change(play, "append to a number", version, name, op("retention.ms", OpType.APPEND, "7"));
        change(play, "null", version, name, op("retention.ms", OpType.SET, null));
        change(
                play,
                "an unknown operation",
                version,
                name,
                op("retention.ms", OpType.SET, "7").setConfigOperation((byte) 9));
        change(
                play,
                "a key twice",
                version,
                name,
                op("retention.ms", OpType.SET, "7"),
                op("retention.ms", OpType.SET, "8"));
        change(play, "a topic that is not there", version, "nowhere", op("retention.ms", OpType.SET, "7"));
        play.ask(
                "validated only",
                ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                version,
                change(Type.TOPIC, name, op("retention.ms", OpType.SET, "9")).setValidateOnly(true));
        play.ask(
                "of an unknown type",
                ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                version,
                change(Type.UNKNOWN, name, op("retention.ms", OpType.SET, "9")));
        for (String[] wrong : TopicValues.REFUSED) {
            change(play, wrong[0] + "=" + wrong[1], version, name, op(wrong[0], OpType.SET, wrong[1]));
        }
        for (String[] right : TopicValues.TAKEN) {
            change(play, right[0] + "=" + right[1], version, name, op(right[0], OpType.SET, right[1]));
        }
        // Kafka's controller answers before its broker knows.
        play.prepare(
                ApiKeys.DESCRIBE_CONFIGS,
                4,
                side -> description(Type.TOPIC, name, LAST_SET),
                answer -> ((DescribeConfigsResponseData) answer)
                        .results()
                        .get(0)
                        .configs()
                        .get(0)
                        .value()
                        .equals("true"));
        describe(play, "what was set in version " + version, 4, Type.TOPIC, name, null);
    }

    private static AlterableConfig op(String key, OpType operation, String value) {
        return new AlterableConfig()
                .setName(key)
                .setConfigOperation(operation.id())
                .setValue(value);
    }

    private static void change(Play play, String step, int version, String topic, AlterableConfig... changes) {
        play.ask(step, ApiKeys.INCREMENTAL_ALTER_CONFIGS, version, change(Type.TOPIC, topic, changes));
    }

    private static IncrementalAlterConfigsRequestData change(Type type, String name, AlterableConfig... changes) {
        AlterConfigsResource resource =
                new AlterConfigsResource().setResourceType(type.id()).setResourceName(name);
        for (AlterableConfig change : changes) {
            resource.configs().mustAdd(change);
        }
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        request.resources().add(resource);
        return request;
    }

    private static void replaces(Play play, int version) {
        String name = "replaced-" + version;
        Setting.topic(play, name, 1);
        replace(play, "set", version, name, "retention.ms", "7");
        replace(play, "another", version, name, "segment.bytes", "2000000");
        replace(play, "an unknown key", version, name, "no.such.key", "7");
        replace(play, "null", version, name, "retention.ms", null);
        replace(play, "a topic that is not there", version, "nowhere", "retention.ms", "7");
        play.ask(
                "validated only",
                ApiKeys.ALTER_CONFIGS,
                version,
                replacement(name, "retention.ms", "9").setValidateOnly(true));
        describe(play, "what AlterConfigs left in version " + version, 4, Type.TOPIC, name, keysOfReplaced());
    }

    private static List<String> keysOfReplaced() {
        return new ArrayList<>(List.of("retention.ms", "segment.bytes"));
    }

    private static void replace(Play play, String step, int version, String topic, String key, String value) {
        play.ask(step, ApiKeys.ALTER_CONFIGS, version, replacement(topic, key, value));
    }

    private static AlterConfigsRequestData replacement(String topic, String key, String value) {
        AlterConfigsRequestData.AlterConfigsResource resource = new AlterConfigsRequestData.AlterConfigsResource()
                .setResourceType(Type.TOPIC.id())
                .setResourceName(topic);
        resource.configs()
                .add(new AlterConfigsRequestData.AlterableConfig().setName(key).setValue(value));
        AlterConfigsRequestData request = new AlterConfigsRequestData();
        request.resources().add(resource);
        return request;
    }
}
