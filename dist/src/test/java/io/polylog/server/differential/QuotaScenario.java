package io.polylog.server.differential;

import java.util.Arrays;
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

/** Quotas: AlterClientQuotas, DescribeClientQuotas. None of those that are set concerns the clients of this comparison. */
final class QuotaScenario implements Scenario {

    private static final String[][] REFUSED = {
        {"user", "u", "request_percentage", "0"},
        {"user", "u", "request_percentage", "-1"},
        {"user", "u", "producer_byte_rate", "1.5"},
        {"user", "u", "controller_mutation_rate", "0"},
        {"user", "u", "connection_creation_rate", "1"},
        {"user", "u", "no_such_rate", "1"},
        {"client-id", "c", "consumer_byte_rate", "-5"},
        {"ip", "10.9.8.7", "request_percentage", "1"},
        {"ip", "10.9.8.7", "connection_creation_rate", "1.5"},
        {"ip", "10.9.8.7", "connection_creation_rate", "3000000000"},
        {"ip", "no address", "connection_creation_rate", "1"},
        {"nobody", "u", "producer_byte_rate", "1"},
        {"user", "", "producer_byte_rate", "1"},
    };

    private static final String[][] TAKEN = {
        {"user", "u", "request_percentage", "12.5"},
        {"user", "u", "controller_mutation_rate", "1.5"},
        {"client-id", "c", "producer_byte_rate", "1000"},
        {"ip", "10.9.8.7", "connection_creation_rate", "5"},
    };

    @Override
    public void run(Play play) {
        play.everyVersion(ApiKeys.ALTER_CLIENT_QUOTAS, version -> {
            for (String[] wrong : REFUSED) {
                alter(play, version, request(wrong, false));
            }
            for (String[] right : TAKEN) {
                alter(play, version, request(right, false));
            }
            describes(play);
            for (String[] right : TAKEN) {
                alter(play, version, request(right, true));
            }
            awaitEntries(play, 0);
        });
    }

    private static void describes(Play play) {
        awaitEntries(play, 3);
        play.everyVersion(ApiKeys.DESCRIBE_CLIENT_QUOTAS, version -> {
            describe(play, version, false, component("user", DescribeClientQuotasRequest.MATCH_TYPE_EXACT, "u"));
            describe(play, version, true, component("user", DescribeClientQuotasRequest.MATCH_TYPE_SPECIFIED, null));
            describe(play, version, false, component("user", DescribeClientQuotasRequest.MATCH_TYPE_DEFAULT, null));
            describe(play, version, false, component("ip", DescribeClientQuotasRequest.MATCH_TYPE_SPECIFIED, null));
            describe(
                    play,
                    version,
                    false,
                    component("ip", DescribeClientQuotasRequest.MATCH_TYPE_SPECIFIED, null),
                    component("user", DescribeClientQuotasRequest.MATCH_TYPE_SPECIFIED, null));
        });
    }

    private static void awaitEntries(Play play, int count) {
        play.prepare(ApiKeys.DESCRIBE_CLIENT_QUOTAS, 1, side -> new DescribeClientQuotasRequestData(), answer -> {
            List<DescribeClientQuotasResponseData.EntryData> entries =
                    ((DescribeClientQuotasResponseData) answer).entries();
            return (entries == null ? 0 : entries.size()) == count;
        });
    }

    private static void alter(Play play, int version, AlterClientQuotasRequestData request) {
        play.ask(String.valueOf(request.entries()), ApiKeys.ALTER_CLIENT_QUOTAS, version, request);
    }

    private static AlterClientQuotasRequestData request(String[] quota, boolean remove) {
        return new AlterClientQuotasRequestData()
                .setEntries(List.of(new EntryData()
                        .setEntity(
                                List.of(new EntityData().setEntityType(quota[0]).setEntityName(quota[1])))
                        .setOps(List.of(new OpData()
                                .setKey(quota[2])
                                .setValue(remove ? 0 : Double.parseDouble(quota[3]))
                                .setRemove(remove)))));
    }

    private static ComponentData component(String type, byte match, @Nullable String name) {
        return new ComponentData().setEntityType(type).setMatchType(match).setMatch(name);
    }

    private static void describe(Play play, int version, boolean strict, ComponentData... components) {
        play.ask(
                Arrays.toString(components),
                ApiKeys.DESCRIBE_CLIENT_QUOTAS,
                version,
                new DescribeClientQuotasRequestData()
                        .setComponents(List.of(components))
                        .setStrict(strict));
    }
}
