package io.polylog.kafka.handler;

import io.polylog.broker.Topic;
import io.polylog.broker.TopicSetting;
import io.polylog.broker.TopicSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;

/** A topic's settings in the forms that Kafka's answers have for them: all known ones, its own or the broker's. */
final class TopicConfigs {

    private final BrokerConfigs broker;

    TopicConfigs(BrokerConfigs broker) {
        this.broker = broker;
    }

    List<CreatableTopicConfigs> created(Map<String, String> config) {
        List<CreatableTopicConfigs> created = new ArrayList<>();
        for (TopicSetting setting : TopicSettings.all()) {
            created.add(new CreatableTopicConfigs()
                    .setName(setting.name())
                    .setValue(value(setting, config))
                    .setConfigSource(BrokerConfigs.source(synonyms(setting, config))));
        }
        return created;
    }

    DescribeConfigsResourceResult described(Topic topic, TopicSetting setting, DescribeConfigsRequestData request) {
        List<DescribeConfigsSynonym> synonyms = synonyms(setting, topic.config());
        return new DescribeConfigsResourceResult()
                .setName(setting.name())
                .setValue(value(setting, topic.config()))
                .setConfigSource(BrokerConfigs.source(synonyms))
                .setConfigType(type(setting.type()).id())
                .setSynonyms(request.includeSynonyms() ? synonyms : List.of())
                .setDocumentation(request.includeDocumentation() ? setting.documentation() : null);
    }

    private String value(TopicSetting setting, Map<String, String> config) {
        String own = config.get(setting.name());
        return own == null ? broker.forTopics(setting) : own;
    }

    private List<DescribeConfigsSynonym> synonyms(TopicSetting setting, Map<String, String> config) {
        List<DescribeConfigsSynonym> synonyms = broker.synonyms(setting.brokerName());
        String own = config.get(setting.name());
        if (own != null) {
            synonyms.add(
                    0,
                    new DescribeConfigsSynonym()
                            .setName(setting.name())
                            .setValue(own)
                            .setSource(ConfigSource.TOPIC_CONFIG.id()));
        }
        return synonyms;
    }

    static ConfigType type(TopicSetting.Type type) {
        return switch (type) {
            case BOOLEAN -> ConfigType.BOOLEAN;
            case INT -> ConfigType.INT;
            case LONG -> ConfigType.LONG;
            case DOUBLE -> ConfigType.DOUBLE;
            case TEXT -> ConfigType.STRING;
            case LIST -> ConfigType.LIST;
        };
    }
}
