package io.polylog.kafka.handler;

import io.polylog.kafka.telemetry.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;

/** The settings of a subscription to clients' metrics, in the forms that Kafka's requests and answers have for them. */
final class ClientMetricsForms {

    private ClientMetricsForms() {}

    static void checkName(String name) {
        if (name.isEmpty()) {
            throw Errors.INVALID_REQUEST.exception("Subscription name can't be empty");
        }
    }

    /** What is wanted, if it describes a subscription. */
    static Map<String, String> checked(Map<String, String> wanted) {
        Subscription.of(wanted);
        return wanted;
    }

    static List<DescribeConfigsResourceResult> described(
            Map<String, String> settings, DescribeConfigsRequestData request) {
        List<DescribeConfigsResourceResult> described = new ArrayList<>();
        Subscription.SETTINGS.configKeys().forEach((name, key) -> {
            String own = settings.get(name);
            boolean given = own != null;
            List<DescribeConfigsSynonym> synonyms = given
                    ? List.of(new DescribeConfigsSynonym()
                            .setName(name)
                            .setValue(own)
                            .setSource(ConfigSource.CLIENT_METRICS_CONFIG.id()))
                    : List.of();
            described.add(new DescribeConfigsResourceResult()
                    .setName(name)
                    .setValue(given ? own : ConfigDef.convertToString(key.defaultValue, key.type))
                    .setConfigSource(BrokerConfigs.source(synonyms))
                    .setConfigType(GroupSettingForms.type(key.type).id())
                    .setSynonyms(request.includeSynonyms() ? synonyms : List.of())
                    .setDocumentation(request.includeDocumentation() ? key.documentation : null));
        });
        return described;
    }
}
