package io.polylog.kafka.handler;

import io.polylog.group.GroupConfigs;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;

/** A group's settings in the form that DescribeConfigs has for them. */
final class GroupSettingForms {

    private GroupSettingForms() {}

    static DescribeConfigsResourceResult described(GroupConfigs.Described setting, boolean synonyms) {
        DescribeConfigsResourceResult described = new DescribeConfigsResourceResult()
                .setName(setting.name())
                .setValue(setting.value())
                .setConfigSource((setting.own() ? ConfigSource.GROUP_CONFIG : ConfigSource.DEFAULT_CONFIG).id())
                .setConfigType(type(setting.type()).id());
        if (synonyms) {
            if (setting.own()) {
                described.synonyms().add(synonym(setting.name(), setting.value(), ConfigSource.GROUP_CONFIG));
            }
            described.synonyms().add(synonym(setting.name(), setting.defaultValue(), ConfigSource.DEFAULT_CONFIG));
        }
        return described;
    }

    private static DescribeConfigsSynonym synonym(String name, String value, ConfigSource source) {
        return new DescribeConfigsSynonym().setName(name).setValue(value).setSource(source.id());
    }

    private static ConfigType type(ConfigDef.Type type) {
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
