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

/** A topic's settings in the forms that Kafka's answers have for them: all known ones, set or defaulted. */
final class TopicConfigs {

    private TopicConfigs() {}

    static List<CreatableTopicConfigs> created(Map<String, String> config) {
        List<CreatableTopicConfigs> created = new ArrayList<>();
        for (TopicSetting setting : TopicSettings.all()) {
            String own = config.get(setting.name());
            created.add(new CreatableTopicConfigs()
                    .setName(setting.name())
                    .setValue(own == null ? setting.defaultValue() : own)
                    .setConfigSource(source(own != null).id()));
        }
        return created;
    }

    static DescribeConfigsResourceResult described(
            Topic topic, TopicSetting setting, DescribeConfigsRequestData request) {
        String own = topic.config().get(setting.name());
        DescribeConfigsResourceResult described = new DescribeConfigsResourceResult()
                .setName(setting.name())
                .setValue(own == null ? setting.defaultValue() : own)
                .setConfigSource(source(own != null).id())
                .setConfigType(type(setting).id())
                .setDocumentation(request.includeDocumentation() ? setting.documentation() : null);
        if (request.includeSynonyms()) {
            if (own != null) {
                described.synonyms().add(synonym(setting.name(), own, ConfigSource.TOPIC_CONFIG));
            }
            if (!setting.brokerName().isEmpty()) {
                described
                        .synonyms()
                        .add(synonym(setting.brokerName(), setting.defaultValue(), ConfigSource.DEFAULT_CONFIG));
            }
        }
        return described;
    }

    private static DescribeConfigsSynonym synonym(String name, String value, ConfigSource source) {
        return new DescribeConfigsSynonym().setName(name).setValue(value).setSource(source.id());
    }

    private static ConfigSource source(boolean own) {
        return own ? ConfigSource.TOPIC_CONFIG : ConfigSource.DEFAULT_CONFIG;
    }

    static ConfigType type(TopicSetting setting) {
        return switch (setting.type()) {
            case BOOLEAN -> ConfigType.BOOLEAN;
            case INT -> ConfigType.INT;
            case LONG -> ConfigType.LONG;
            case DOUBLE -> ConfigType.DOUBLE;
            case TEXT -> ConfigType.STRING;
            case LIST -> ConfigType.LIST;
        };
    }
}
