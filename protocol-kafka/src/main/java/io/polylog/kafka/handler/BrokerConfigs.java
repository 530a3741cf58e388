package io.polylog.kafka.handler;

import io.polylog.broker.BrokerSetting;
import io.polylog.broker.BrokerSettings;
import io.polylog.broker.KnownBrokerSettings;
import io.polylog.broker.TopicSetting;
import io.polylog.broker.TopicSettings;
import io.polylog.kafka.call.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;
import org.jspecify.annotations.Nullable;

/** The broker's settings in the form that DescribeConfigs has for them, and where each value comes from (KIP-226). */
final class BrokerConfigs {

    private final Endpoint endpoint;
    private final BrokerSettings settings;

    BrokerConfigs(Endpoint endpoint, BrokerSettings settings) {
        this.endpoint = Objects.requireNonNull(endpoint, "endpoint");
        this.settings = Objects.requireNonNull(settings, "settings");
    }

    /** All that this node has. */
    List<DescribeConfigsResourceResult> ofNode(DescribeConfigsRequestData request) {
        String here = Integer.toString(endpoint.nodeId());
        List<DescribeConfigsResourceResult> described = new ArrayList<>();
        String one = "There is one replica of each partition.";
        described.add(fact("broker.id", here, ConfigType.INT, "The id of this node.", request));
        described.add(fact("node.id", here, ConfigType.INT, "The id of this node.", request));
        described.add(fact("default.replication.factor", "1", ConfigType.INT, one, request));
        described.add(fact("offsets.topic.replication.factor", "1", ConfigType.SHORT, one, request));
        described.add(fact("transaction.state.log.replication.factor", "1", ConfigType.SHORT, one, request));
        for (BrokerSetting setting : KnownBrokerSettings.all()) {
            List<DescribeConfigsSynonym> synonyms = synonyms(setting.name());
            described.add(described(setting, synonyms, request)
                    .setValue(settings.value(setting).orElse(null))
                    .setConfigSource(source(synonyms)));
        }
        return described;
    }

    /** What was given to all nodes while they ran. */
    List<DescribeConfigsResourceResult> ofAllNodes(DescribeConfigsRequestData request) {
        List<DescribeConfigsResourceResult> described = new ArrayList<>();
        settings.given(BrokerSettings.ALL_NODES).forEach((name, value) -> {
            List<DescribeConfigsSynonym> synonyms = new ArrayList<>();
            add(synonyms, name, value, ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG);
            described.add(described(KnownBrokerSettings.known(name), synonyms, request)
                    .setValue(value)
                    .setConfigSource(ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG.id()));
        });
        return described;
    }

    private static DescribeConfigsResourceResult described(
            BrokerSetting setting, List<DescribeConfigsSynonym> synonyms, DescribeConfigsRequestData request) {
        return new DescribeConfigsResourceResult()
                .setName(setting.name())
                .setReadOnly(!setting.changeable())
                .setConfigType(TopicConfigs.type(setting.type()).id())
                .setSynonyms(request.includeSynonyms() ? synonyms : List.of())
                .setDocumentation(request.includeDocumentation() ? setting.documentation() : null);
    }

    /** What nobody sets. */
    private static DescribeConfigsResourceResult fact(
            String name, String value, ConfigType type, String documentation, DescribeConfigsRequestData request) {
        List<DescribeConfigsSynonym> synonyms = new ArrayList<>();
        add(synonyms, name, value, ConfigSource.STATIC_BROKER_CONFIG);
        return new DescribeConfigsResourceResult()
                .setName(name)
                .setValue(value)
                .setReadOnly(true)
                .setConfigSource(ConfigSource.STATIC_BROKER_CONFIG.id())
                .setConfigType(type.id())
                .setSynonyms(request.includeSynonyms() ? synonyms : List.of())
                .setDocumentation(request.includeDocumentation() ? documentation : null);
    }

    /** What topics have that do not set it themselves. */
    String forTopics(TopicSetting setting) {
        List<DescribeConfigsSynonym> synonyms = synonyms(setting.brokerName());
        return synonyms.isEmpty()
                ? setting.defaultValue()
                : KnownBrokerSettings.forTopics(
                                Map.of(setting.brokerName(), synonyms.get(0).value()))
                        .getOrDefault(setting.name(), setting.defaultValue());
    }

    static byte source(List<DescribeConfigsSynonym> synonyms) {
        return synonyms.isEmpty()
                ? ConfigSource.DEFAULT_CONFIG.id()
                : synonyms.get(0).source();
    }

    /**
     * All values of a setting, the one that holds first; none if it has no default under its own name and nobody has said anything.
     *
     * @param name of the broker's; the empty name has none
     */
    List<DescribeConfigsSynonym> synonyms(String name) {
        List<DescribeConfigsSynonym> synonyms = new ArrayList<>();
        Optional<BrokerSetting> setting = KnownBrokerSettings.find(name);
        if (setting.isEmpty()) {
            return synonyms;
        }
        String here = Integer.toString(endpoint.nodeId());
        add(synonyms, name, settings.given(here).get(name), ConfigSource.DYNAMIC_BROKER_CONFIG);
        add(
                synonyms,
                name,
                settings.given(BrokerSettings.ALL_NODES).get(name),
                ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG);
        add(synonyms, name, settings.configured().get(name), ConfigSource.STATIC_BROKER_CONFIG);
        add(synonyms, name, setting.get().defaultValue().orElse(null), ConfigSource.DEFAULT_CONFIG);
        if (!synonyms.isEmpty()) {
            setting.get()
                    .topicSetting()
                    .flatMap(TopicSettings::find)
                    .flatMap(TopicSetting::coarser)
                    .ifPresent(coarser -> add(synonyms, coarser.name(), coarser.value(), ConfigSource.DEFAULT_CONFIG));
        }
        return synonyms;
    }

    private static void add(
            List<DescribeConfigsSynonym> synonyms, String name, @Nullable String value, ConfigSource source) {
        if (value != null) {
            synonyms.add(
                    new DescribeConfigsSynonym().setName(name).setValue(value).setSource(source.id()));
        }
    }
}
