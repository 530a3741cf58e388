package io.polylog.server.differential;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.EntityData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.EntryData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.OpData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData.ComponentData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.DescribeClientQuotasRequest;
import org.jspecify.annotations.Nullable;

/** Quotas of bytes per second: set, looked for, taken away. Those of other kinds are in {@link QuotaScenario}. */
final class ByteRateScenario implements Scenario {

    private static final String IN = "producer_byte_rate";
    private static final String OUT = "consumer_byte_rate";

    @Override
    public void run(Play play) {
        play.everyVersion(ApiKeys.ALTER_CLIENT_QUOTAS, version -> alters(play, version));
        play.everyVersion(ApiKeys.DESCRIBE_CLIENT_QUOTAS, version -> describes(play, version));
    }

    private static void alters(Play play, int version) {
        alter(play, "of a user", version, set(IN, 1000), entity("user", "anna-" + version));
        alter(play, "of a user and a client", version, set(OUT, 2000), entity("user", "anna-" + version), app());
        alter(play, "of users by default", version, set(IN, 3000), entity("user", null));
        alter(play, "of every client of a user", version, set(IN, 500.5 * 2), entity("user", "ben"), any());
        alter(play, "of nothing", version, set(IN, 1));
        alter(play, "of an unknown kind", version, set(IN, 1), entity("planet", "earth"));
        alter(play, "of a user twice", version, set(IN, 1), entity("user", "a"), entity("user", "b"));
        play.prepare(
                ApiKeys.ALTER_CLIENT_QUOTAS,
                version,
                side -> request(new OpData().setKey(IN).setRemove(true), entity("user", "b")),
                answer -> true);
        alter(play, "of an empty name", version, set(IN, 1), entity("user", ""));
        alter(play, "by an unknown name", version, set("luck", 1), entity("user", "anna"));
        alter(play, "below zero", version, set(IN, -5), entity("user", "anna"));
        alter(play, "to nothing", version, set(IN, 0), entity("user", "anna"));
        alter(play, "to a part of a byte", version, set(IN, 0.5), entity("user", "anna"));
        alter(play, "away", version, new OpData().setKey(OUT).setRemove(true), entity("user", "carl-" + version));
        AlterClientQuotasRequestData dry = request(set(OUT, 7), entity("user", "dry"));
        play.ask("to be validated", ApiKeys.ALTER_CLIENT_QUOTAS, version, dry.setValidateOnly(true));
    }

    private static OpData set(String key, double value) {
        return new OpData().setKey(key).setValue(value);
    }

    private static EntityData entity(String type, @Nullable String name) {
        return new EntityData().setEntityType(type).setEntityName(name);
    }

    private static EntityData app() {
        return entity("client-id", "app");
    }

    private static EntityData any() {
        return entity("client-id", null);
    }

    private static AlterClientQuotasRequestData request(OpData op, EntityData... entity) {
        return new AlterClientQuotasRequestData()
                .setEntries(List.of(new EntryData().setEntity(List.of(entity)).setOps(List.of(op))));
    }

    private static void alter(Play play, String step, int version, OpData op, EntityData... entity) {
        play.ask(step, ApiKeys.ALTER_CLIENT_QUOTAS, version, request(op, entity));
    }

    private static void describes(Play play, int version) {
        // Brokers hear of it a moment after it is durable.
        play.prepare(ApiKeys.DESCRIBE_CLIENT_QUOTAS, 0, side -> filter(false, exact("user", "ben")), answer -> {
            var entries = ((DescribeClientQuotasResponseData) answer).entries();
            return entries != null && !entries.isEmpty();
        });
        describe(play, "all", version, filter(false));
        describe(play, "all and no more", version, filter(true));
        describe(play, "of a user", version, filter(false, exact("user", "anna-0")));
        describe(play, "of a user and nothing else", version, filter(true, exact("user", "anna-0")));
        describe(
                play,
                "of a user and a client",
                version,
                filter(true, exact("user", "anna-0"), exact("client-id", "app")));
        describe(play, "of users by default", version, filter(true, of("user", true)));
        describe(play, "of any user", version, filter(false, of("user", false)));
        describe(play, "of any client", version, filter(false, of("client-id", false)));
        describe(play, "of nobody", version, filter(false, exact("user", "nobody")));
        describe(play, "of an unknown kind", version, filter(false, exact("planet", "earth")));
        describe(play, "of a kind twice", version, filter(false, exact("user", "anna-0"), of("user", true)));
        describe(
                play,
                "in an unknown way",
                version,
                filter(false, exact("user", "anna-0").setMatchType((byte) 9)));
        describe(play, "of no name", version, filter(false, exact("user", null)));
    }

    private static ComponentData exact(String type, @Nullable String name) {
        return new ComponentData()
                .setEntityType(type)
                .setMatchType(DescribeClientQuotasRequest.MATCH_TYPE_EXACT)
                .setMatch(name);
    }

    private static ComponentData of(String type, boolean byDefault) {
        return exact(type, null)
                .setMatchType(
                        byDefault
                                ? DescribeClientQuotasRequest.MATCH_TYPE_DEFAULT
                                : DescribeClientQuotasRequest.MATCH_TYPE_SPECIFIED);
    }

    private static DescribeClientQuotasRequestData filter(boolean strict, ComponentData... components) {
        return new DescribeClientQuotasRequestData()
                .setStrict(strict)
                .setComponents(new ArrayList<>(List.of(components)));
    }

    private static void describe(Play play, String step, int version, DescribeClientQuotasRequestData request) {
        play.ask(step, ApiKeys.DESCRIBE_CLIENT_QUOTAS, version, request);
    }
}
