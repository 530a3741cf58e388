package io.polylog.kafka.handler;

import io.polylog.broker.ClientMetricsSettings;
import io.polylog.broker.Topic;
import io.polylog.broker.TopicSetting;
import io.polylog.broker.TopicSettings;
import io.polylog.broker.Topics;
import io.polylog.group.GroupConfigs;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.Endpoint;
import io.polylog.kafka.call.ErrorMapping;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.call.TopicLookup;
import io.polylog.kafka.codec.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.protocol.Errors;

/**
 * DescribeConfigs: every known setting of a topic, a group or a subscription to clients' metrics, and of the broker those that the gateway goes by. Its own settings
 * have other names and live in its configuration file.
 */
final class DescribeConfigsHandler implements RequestHandler<DescribeConfigsRequestData> {

    private final Topics topics;
    private final GroupConfigs groups;
    private final ClientMetricsSettings clientMetrics;
    private final Endpoint endpoint;
    private final BrokerConfigs brokerConfigs;
    private final TopicConfigs topicConfigs;
    private final GroupSettingForms groupForms;
    private final LoggerConfigs loggers;

    DescribeConfigsHandler(
            Topics topics,
            GroupConfigs groups,
            ClientMetricsSettings clientMetrics,
            Endpoint endpoint,
            BrokerConfigs brokerConfigs,
            LoggerConfigs loggers) {
        this.groups = Objects.requireNonNull(groups, "groups");
        this.topics = Objects.requireNonNull(topics, "topics");
        this.clientMetrics = Objects.requireNonNull(clientMetrics, "clientMetrics");
        this.endpoint = Objects.requireNonNull(endpoint, "endpoint");
        this.brokerConfigs = Objects.requireNonNull(brokerConfigs, "brokerConfigs");
        this.loggers = Objects.requireNonNull(loggers, "loggers");
        this.groupForms = new GroupSettingForms(brokerConfigs);
        this.topicConfigs = new TopicConfigs(brokerConfigs);
    }

    @Override
    public CompletionStage<Reply> handle(Call call, DescribeConfigsRequestData request) {
        DescribeConfigsResponseData response = new DescribeConfigsResponseData();
        for (DescribeConfigsResource asked : request.resources()) {
            DescribeConfigsResult result = new DescribeConfigsResult()
                    .setResourceType(asked.resourceType())
                    .setResourceName(asked.resourceName());
            try {
                result.setConfigs(describe(asked, request));
            } catch (RuntimeException refused) {
                result.setErrorCode(ErrorMapping.of(refused).code()).setErrorMessage(ErrorMapping.message(refused));
            }
            response.results().add(result);
        }
        return CompletableFuture.completedFuture(Reply.of(response));
    }

    private List<DescribeConfigsResourceResult> describe(
            DescribeConfigsResource asked, DescribeConfigsRequestData request) {
        return switch (ConfigResource.Type.forId(asked.resourceType())) {
            case TOPIC -> topic(asked, request);
            case BROKER -> broker(asked, request);
            case GROUP -> group(asked, request);
            case BROKER_LOGGER ->
                loggers.described(asked.resourceName()).stream()
                        .filter(logger -> wanted(asked, logger.name()))
                        .toList();
            case CLIENT_METRICS -> clientMetrics(asked, request);
            case UNKNOWN ->
                throw Errors.INVALID_REQUEST.exception("Unsupported resource type: " + asked.resourceType());
        };
    }

    private List<DescribeConfigsResourceResult> topic(
            DescribeConfigsResource asked, DescribeConfigsRequestData request) {
        Topic topic = topics.find(asked.resourceName())
                .orElseThrow(TopicLookup.missing(asked.resourceName(), Uuid.ZERO_UUID)::exception);
        List<DescribeConfigsResourceResult> described = new ArrayList<>();
        for (TopicSetting setting : TopicSettings.all()) {
            if (wanted(asked, setting.name())) {
                described.add(topicConfigs.described(topic, setting, request));
            }
        }
        return described;
    }

    private List<DescribeConfigsResourceResult> group(
            DescribeConfigsResource asked, DescribeConfigsRequestData request) {
        List<DescribeConfigsResourceResult> described = new ArrayList<>();
        for (GroupConfigs.Described setting : groups.describe(asked.resourceName())) {
            if (wanted(asked, setting.name())) {
                described.add(groupForms.described(setting, request));
            }
        }
        return described;
    }

    private List<DescribeConfigsResourceResult> clientMetrics(
            DescribeConfigsResource asked, DescribeConfigsRequestData request) {
        ClientMetricsForms.checkName(asked.resourceName());
        return ClientMetricsForms.described(clientMetrics.all().getOrDefault(asked.resourceName(), Map.of()), request)
                .stream()
                .filter(config -> wanted(asked, config.name()))
                .toList();
    }

    private List<DescribeConfigsResourceResult> broker(
            DescribeConfigsResource asked, DescribeConfigsRequestData request) {
        boolean all = asked.resourceName().isEmpty();
        if (!all) {
            endpoint.checkNode(asked.resourceName());
        }
        return (all ? brokerConfigs.ofAllNodes(request) : brokerConfigs.ofNode(request))
                .stream().filter(config -> wanted(asked, config.name())).toList();
    }

    private static boolean wanted(DescribeConfigsResource asked, String name) {
        return asked.configurationKeys() == null || asked.configurationKeys().contains(name);
    }
}
