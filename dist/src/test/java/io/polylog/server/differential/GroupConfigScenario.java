package io.polylog.server.differential;

import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigResource.Type;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/** Settings of groups: what there is, what is taken, and what they have of the broker's. */
final class GroupConfigScenario implements Scenario {

    private static final int DESCRIBES = 4;
    private static final String BROKERS = "group.consumer.assignment.interval.ms";

    private static final String[][] REFUSED = {
        {"consumer.session.timeout.ms", "1000"},
        {"consumer.session.timeout.ms", "99999999"},
        {"consumer.session.timeout.ms", "soon"},
        {"consumer.heartbeat.interval.ms", "0"},
        {"consumer.heartbeat.interval.ms", "4999"},
        {"consumer.assignment.interval.ms", "-1"},
        {"consumer.assignment.interval.ms", "15001"},
        {"share.session.timeout.ms", "1"},
        {"share.heartbeat.interval.ms", "15001"},
        {"share.auto.offset.reset", "middle"},
        {"share.isolation.level", "none"},
        {"share.delivery.count.limit", "1"},
        {"share.partition.max.record.locks", "99"},
        {"share.record.lock.duration.ms", "1"},
        {"streams.session.timeout.ms", "1"},
        {"streams.heartbeat.interval.ms", "100000"},
        {"streams.num.standby.replicas", "9"},
        {"streams.initial.rebalance.delay.ms", "-1"},
        {"no.such.key", "7"},
    };

    private static final String[][] TAKEN = {
        {"consumer.session.timeout.ms", "50000"},
        {"consumer.heartbeat.interval.ms", "6000"},
        {"consumer.assignment.interval.ms", "15000"},
        {"share.session.timeout.ms", "50000"},
        {"share.heartbeat.interval.ms", "6000"},
        {"share.assignment.interval.ms", "0"},
        {"share.auto.offset.reset", "by_duration:PT1H"},
        {"streams.session.timeout.ms", "50000"},
        {"streams.heartbeat.interval.ms", "6000"},
        {"streams.assignment.interval.ms", "5"},
        {"streams.num.standby.replicas", "1"},
        {"streams.initial.rebalance.delay.ms", "5"},
    };

    @Override
    public void run(Play play) {
        play.everyVersion(ApiKeys.DESCRIBE_CONFIGS, version -> describe(play, "a group without any", version, "bare"));
        play.everyVersion(ApiKeys.INCREMENTAL_ALTER_CONFIGS, version -> {
            for (String[] wrong : REFUSED) {
                change(play, "a group's " + wrong[0] + "=" + wrong[1], version, "limited", OpType.SET, wrong);
            }
            for (String[] right : TAKEN) {
                change(play, "a group's " + right[0] + "=" + right[1], version, "limited", OpType.SET, right);
            }
            change(play, "a group without a name", version, "", OpType.SET, TAKEN[0]);
        });
        await(play, Type.GROUP, "limited", "streams.initial.rebalance.delay.ms", "5"::equals);
        play.everyVersion(ApiKeys.DESCRIBE_CONFIGS, version -> describe(play, "a group with some", version, "limited"));
        play.ask("groups with settings", ApiKeys.LIST_CONFIG_RESOURCES, 1, listing());
        underTheBrokers(play);
        for (String[] right : TAKEN) {
            change(play, "take back " + right[0], 1, "limited", OpType.DELETE, new String[] {right[0], null});
        }
        play.prepare(ApiKeys.LIST_CONFIG_RESOURCES, 1, side -> listing(), answer -> {
            var listed = ((ListConfigResourcesResponseData) answer).configResources();
            return listed.stream().noneMatch(group -> group.resourceName().equals("limited"));
        });
    }

    private static void underTheBrokers(Play play) {
        play.ask(
                "of groups", ApiKeys.INCREMENTAL_ALTER_CONFIGS, 1, request(Type.BROKER, "", OpType.SET, BROKERS, "78"));
        play.ask(
                "of groups too long",
                ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                1,
                request(Type.BROKER, "", OpType.SET, BROKERS, "-1"));
        await(play, Type.GROUP, "bare", "consumer.assignment.interval.ms", "78"::equals);
        describe(play, "a group under the broker's", DESCRIBES, "bare");
        describe(play, "a group with its own under the broker's", DESCRIBES, "limited");
        play.ask(
                "of groups again",
                ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                1,
                request(Type.BROKER, "", OpType.DELETE, BROKERS, null));
        await(play, Type.GROUP, "bare", "consumer.assignment.interval.ms", "1000"::equals);
    }

    /** Kafka's controller answers before its broker knows. */
    private static void await(Play play, Type type, String name, String key, Predicate<String> expected) {
        play.prepare(
                ApiKeys.DESCRIBE_CONFIGS,
                DESCRIBES,
                side -> description(type, name).setIncludeSynonyms(false),
                answer -> ((DescribeConfigsResponseData) answer)
                        .results().get(0).configs().stream()
                                .filter(config -> config.name().equals(key))
                                .map(DescribeConfigsResourceResult::value)
                                .anyMatch(expected));
    }

    private static void describe(Play play, String step, int version, String group) {
        play.ask(step, ApiKeys.DESCRIBE_CONFIGS, version, description(Type.GROUP, group));
    }

    private static DescribeConfigsRequestData description(Type type, String name) {
        return new DescribeConfigsRequestData()
                .setIncludeSynonyms(true)
                .setResources(List.of(new DescribeConfigsResource()
                        .setResourceType(type.id())
                        .setResourceName(name)
                        .setConfigurationKeys(null)));
    }

    private static ListConfigResourcesRequestData listing() {
        return new ListConfigResourcesRequestData().setResourceTypes(List.of(Type.GROUP.id()));
    }

    private static void change(
            Play play, String step, int version, String group, OpType operation, String[] nameAndValue) {
        play.ask(
                step,
                ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                version,
                request(Type.GROUP, group, operation, nameAndValue[0], nameAndValue[1]));
    }

    private static IncrementalAlterConfigsRequestData request(
            Type type, String name, OpType operation, String key, String value) {
        AlterConfigsResource resource =
                new AlterConfigsResource().setResourceType(type.id()).setResourceName(name);
        resource.configs()
                .mustAdd(new AlterableConfig()
                        .setName(key)
                        .setConfigOperation(operation.id())
                        .setValue(value));
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        request.resources().add(resource);
        return request;
    }
}
