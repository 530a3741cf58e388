package io.polylog.kafka.handler;

import io.polylog.broker.TopicSetting;
import io.polylog.broker.TopicSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;

/**
 * What Kafka's tools and UIs look for among a broker's settings: who it is, and the defaults of topics
 * under the names that they have at the broker. To look at only: the gateway's settings are in its file.
 */
final class BrokerConfigs {

    private final Endpoint endpoint;

    BrokerConfigs(Endpoint endpoint) {
        this.endpoint = Objects.requireNonNull(endpoint, "endpoint");
    }

    List<DescribeConfigsResourceResult> described(boolean documentation) {
        String here = Integer.toString(endpoint.nodeId());
        List<DescribeConfigsResourceResult> described = new ArrayList<>();
        described.add(fact("broker.id", here, ConfigType.INT));
        described.add(fact("node.id", here, ConfigType.INT));
        described.add(fact("default.replication.factor", "1", ConfigType.INT));
        described.add(fact("offsets.topic.replication.factor", "1", ConfigType.INT));
        described.add(fact("transaction.state.log.replication.factor", "1", ConfigType.INT));
        described.add(fact("log.retention.ms", defaultOf("retention.ms"), ConfigType.LONG));
        described.add(fact("log.roll.ms", defaultOf("segment.ms"), ConfigType.LONG));
        for (TopicSetting setting : TopicSettings.all()) {
            if (!setting.brokerName().isEmpty()) {
                described.add(fact(setting.brokerName(), setting.defaultValue(), TopicConfigs.type(setting))
                        .setConfigSource(ConfigSource.DEFAULT_CONFIG.id())
                        .setDocumentation(documentation ? setting.documentation() : null));
            }
        }
        return described;
    }

    private static String defaultOf(String topicSetting) {
        return TopicSettings.find(topicSetting).orElseThrow().defaultValue();
    }

    private static DescribeConfigsResourceResult fact(String name, String value, ConfigType type) {
        return new DescribeConfigsResourceResult()
                .setName(name)
                .setValue(value)
                .setReadOnly(true)
                .setConfigSource(ConfigSource.STATIC_BROKER_CONFIG.id())
                .setConfigType(type.id())
                .setDocumentation(null);
    }
}
