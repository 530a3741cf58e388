package io.polylog.server.differential;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource.Type;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.GetTelemetrySubscriptionsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.message.PushTelemetryRequestData;
import org.apache.kafka.common.protocol.ApiKeys;

/** Subscriptions to clients' metrics, and clients that ask and push (KIP-714). */
final class ClientMetricsScenario implements Scenario {

    private static final int DESCRIBES = 4;
    private static final String NAME = "compared";
    private static final String AN_HOUR_MS = "3600000";
    private static final int MOST_BYTES = 1 << 20;

    private static final String[][] REFUSED = {
        {"interval.ms", "99"},
        {"interval.ms", "3600001"},
        {"interval.ms", "soon"},
        {"match", "client_id"},
        {"match", "client_id=a=b"},
        {"match", "rack=1"},
        {"match", "client_id=("},
        {"no.such.key", "7"},
    };

    @Override
    public void run(Play play) {
        asksAndPushes(play, "without subscriptions", "[]", "300000");
        play.everyVersion(ApiKeys.INCREMENTAL_ALTER_CONFIGS, version -> changes(play, version));
        change(play, "metrics", 1, OpType.SET, "metrics", "org.apache.kafka.");
        change(play, "match", 1, OpType.SET, "match", "client_source_address=127.*");
        change(play, "interval", 1, OpType.SET, "interval.ms", AN_HOUR_MS);
        await(play, "interval.ms", AN_HOUR_MS);
        play.everyVersion(ApiKeys.DESCRIBE_CONFIGS, version -> {
            describe(play, "a subscription", version, NAME);
            describe(play, "a subscription that is not there", version, "nowhere");
            describe(play, "a subscription without a name", version, "");
        });
        play.ask("subscriptions", ApiKeys.LIST_CONFIG_RESOURCES, 0, new ListConfigResourcesRequestData());
        play.ask("subscriptions", ApiKeys.LIST_CONFIG_RESOURCES, 1, listing());
        // Kafka takes the least of five minutes and what subscriptions say.
        asksAndPushes(play, "with a subscription", "[org.apache.kafka.]", "300000");
        for (String name : List.of("metrics", "match", "interval.ms")) {
            change(play, "take back " + name, 1, OpType.DELETE, name, null);
        }
        play.prepare(
                ApiKeys.LIST_CONFIG_RESOURCES,
                1,
                side -> listing(),
                answer -> ((ListConfigResourcesResponseData) answer)
                        .configResources()
                        .isEmpty());
    }

    private static void changes(Play play, int version) {
        for (String[] wrong : REFUSED) {
            change(play, "a subscription with " + wrong[0] + "=" + wrong[1], version, OpType.SET, wrong[0], wrong[1]);
        }
        change(play, "append to a number", version, OpType.APPEND, "interval.ms", "5");
        change(play, "append to a list", version, OpType.APPEND, "metrics", "a.");
        change(play, "subtract from a list", version, OpType.SUBTRACT, "metrics", "a.");
        change(play, "two prefixes", version, OpType.SET, "metrics", "a., b.");
        change(play, "null", version, OpType.SET, "metrics", null);
        play.ask(
                "a subscription without a name",
                ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                version,
                request("", OpType.SET, "metrics", "a."));
        change(play, "delete", version, OpType.DELETE, "metrics", null);
        await(play, "metrics", "");
    }

    private static void asksAndPushes(Play play, String when, String metrics, String intervalMs) {
        Uuid early = Uuid.randomUuid();
        int subscription = subscription(early, metrics, intervalMs);
        ask(play, "a new client " + when, early);
        ask(play, "the same too early " + when, early);
        push(play, "to an unknown subscription " + when, pushed(early, subscription + 1));
        ask(play, "again for that " + when, early);
        push(play, "right after " + when, pushed(early, subscription));
        push(play, "too early " + when, pushed(early, subscription));
        push(play, "the last " + when, pushed(early, subscription).setTerminating(true));
        push(play, "after the last " + when, pushed(early, subscription));
        push(play, "from nobody " + when, pushed(Uuid.ZERO_UUID, subscription));

        Uuid odd = Uuid.randomUuid();
        ask(play, "one that compresses oddly " + when, odd);
        push(
                play,
                "compressed oddly " + when,
                pushed(odd, subscription(odd, metrics, intervalMs)).setCompressionType((byte) 77));

        Uuid large = Uuid.randomUuid();
        ask(play, "one that has much to tell " + when, large);
        push(
                play,
                "too much " + when,
                pushed(large, subscription(large, metrics, intervalMs))
                        .setMetrics(ByteBuffer.allocate(MOST_BYTES + 1)));

        Uuid confused = Uuid.randomUuid();
        ask(play, "one that is confused " + when, confused);
        push(
                play,
                "nonsense " + when,
                pushed(confused, subscription(confused, metrics, intervalMs))
                        .setMetrics(ByteBuffer.wrap(new byte[] {1, 2, 3})));
    }

    /** As Kafka makes it. */
    private static int subscription(Uuid instance, String metrics, String intervalMs) {
        CRC32C crc = new CRC32C();
        crc.update((metrics + intervalMs).getBytes(StandardCharsets.UTF_8));
        return (int) crc.getValue() ^ instance.hashCode();
    }

    private static void ask(Play play, String step, Uuid instance) {
        play.ask(
                step,
                ApiKeys.GET_TELEMETRY_SUBSCRIPTIONS,
                0,
                new GetTelemetrySubscriptionsRequestData().setClientInstanceId(instance));
    }

    private static PushTelemetryRequestData pushed(Uuid instance, int subscription) {
        return new PushTelemetryRequestData().setClientInstanceId(instance).setSubscriptionId(subscription);
    }

    private static void push(Play play, String step, PushTelemetryRequestData request) {
        play.ask(step, ApiKeys.PUSH_TELEMETRY, 0, request);
    }

    /** Kafka's controller answers before its broker knows. */
    private static void await(Play play, String key, String value) {
        play.prepare(
                ApiKeys.DESCRIBE_CONFIGS,
                DESCRIBES,
                side -> description(NAME),
                answer -> ((DescribeConfigsResponseData) answer)
                        .results().get(0).configs().stream()
                                .filter(config -> config.name().equals(key))
                                .allMatch(config -> value.equals(config.value())));
    }

    private static void describe(Play play, String step, int version, String name) {
        play.ask(step, ApiKeys.DESCRIBE_CONFIGS, version, description(name));
    }

    private static DescribeConfigsRequestData description(String name) {
        return new DescribeConfigsRequestData()
                .setIncludeSynonyms(true)
                .setResources(List.of(new DescribeConfigsResource()
                        .setResourceType(Type.CLIENT_METRICS.id())
                        .setResourceName(name)
                        .setConfigurationKeys(null)));
    }

    private static ListConfigResourcesRequestData listing() {
        return new ListConfigResourcesRequestData().setResourceTypes(List.of(Type.CLIENT_METRICS.id()));
    }

    private static void change(Play play, String step, int version, OpType operation, String key, String value) {
        play.ask(step, ApiKeys.INCREMENTAL_ALTER_CONFIGS, version, request(NAME, operation, key, value));
    }

    private static IncrementalAlterConfigsRequestData request(String name, OpType operation, String key, String value) {
        AlterConfigsResource resource = new AlterConfigsResource()
                .setResourceType(Type.CLIENT_METRICS.id())
                .setResourceName(name);
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
