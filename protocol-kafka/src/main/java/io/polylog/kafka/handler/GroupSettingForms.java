package io.polylog.kafka.handler;

import io.polylog.group.GroupConfigs;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;

/** A group's settings in the form that DescribeConfigs has for them, and where each value comes from. */
final class GroupSettingForms {

    private final BrokerConfigs broker;

    GroupSettingForms(BrokerConfigs broker) {
        this.broker = broker;
    }

    DescribeConfigsResourceResult described(GroupConfigs.Described setting, DescribeConfigsRequestData request) {
        List<DescribeConfigsSynonym> synonyms = synonyms(setting);
        return new DescribeConfigsResourceResult()
                .setName(setting.name())
                .setValue(setting.value())
                .setConfigSource(BrokerConfigs.source(synonyms))
                .setConfigType(type(setting.type()).id())
                .setSynonyms(request.includeSynonyms() ? synonyms : List.of())
                .setDocumentation(request.includeDocumentation() ? setting.documentation() : null);
    }

    /** All values, the one that holds first: the group's own, then those of the broker. */
    private List<DescribeConfigsSynonym> synonyms(GroupConfigs.Described setting) {
        List<DescribeConfigsSynonym> synonyms = new ArrayList<>();
        setting.own().ifPresent(own -> synonyms.add(synonym(setting.name(), own, ConfigSource.GROUP_CONFIG)));
        String name = setting.brokerName().orElse(setting.name());
        List<DescribeConfigsSynonym> ofBroker = broker.synonyms(name);
        synonyms.addAll(ofBroker);
        if (ofBroker.isEmpty()) {
            synonyms.add(synonym(name, setting.defaultValue(), ConfigSource.DEFAULT_CONFIG));
        }
        return synonyms;
    }

    private static DescribeConfigsSynonym synonym(String name, String value, ConfigSource source) {
        return new DescribeConfigsSynonym().setName(name).setValue(value).setSource(source.id());
    }

    static ConfigType type(ConfigDef.Type type) {
        return switch (type) {
            case BOOLEAN -> ConfigType.BOOLEAN;
            case STRING -> ConfigType.STRING;
            case INT -> ConfigType.INT;
            case SHORT -> ConfigType.SHORT;
            case LONG -> ConfigType.LONG;
            case DOUBLE -> ConfigType.DOUBLE;
            case LIST -> ConfigType.LIST;
            case CLASS -> ConfigType.CLASS;
            case PASSWORD -> ConfigType.PASSWORD;
        };
    }
}
