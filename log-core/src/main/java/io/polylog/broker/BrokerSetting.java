package io.polylog.broker;

import java.util.Objects;
import java.util.Optional;

/**
 * One setting of the broker.
 *
 * @param name Kafka's name for it
 * @param type how its value is written
 * @param defaultValue what holds if nobody says anything; empty if that stands under another name
 * @param rule which values of the type it takes
 * @param topicSetting the setting of topics that it is the default of, if it is one
 * @param changeable whether it may be changed while the gateway runs
 * @param documentation what it does, for administrators
 */
public record BrokerSetting(
        String name,
        TopicSetting.Type type,
        Optional<String> defaultValue,
        SettingRule rule,
        Optional<String> topicSetting,
        boolean changeable,
        String documentation) {

    public BrokerSetting {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(defaultValue, "defaultValue");
        Objects.requireNonNull(rule, "rule");
        Objects.requireNonNull(topicSetting, "topicSetting");
        Objects.requireNonNull(documentation, "documentation");
    }

    /** What topics have that say nothing themselves. */
    static BrokerSetting of(TopicSetting setting, SettingRule rule) {
        return new BrokerSetting(
                setting.brokerName(),
                setting.type(),
                setting.coarser().isPresent() ? Optional.empty() : Optional.of(setting.defaultValue()),
                rule,
                Optional.of(setting.name()),
                true,
                "Of topics that do not set " + setting.name() + ". " + setting.documentation());
    }

    static BrokerSetting changeable(
            String name, TopicSetting.Type type, String defaultValue, SettingRule rule, String documentation) {
        return new BrokerSetting(name, type, Optional.of(defaultValue), rule, Optional.empty(), true, documentation);
    }

    /** One that the configuration file has, and nobody else. */
    static BrokerSetting fixed(String name, TopicSetting.Type type, String defaultValue, String documentation) {
        return new BrokerSetting(
                name, type, Optional.of(defaultValue), SettingRule.ANY, Optional.empty(), false, documentation);
    }
}
