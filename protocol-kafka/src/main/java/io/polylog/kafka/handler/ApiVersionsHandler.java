package io.polylog.kafka.handler;

import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.Endpoint;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import io.polylog.kafka.telemetry.ClientTraits;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.FinalizedFeatureKey;
import org.apache.kafka.common.message.ApiVersionsResponseData.SupportedFeatureKey;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiVersionsRequest;

/**
 * ApiVersions: what this gateway offers. Clients decide by it what they dare to use, so nothing is listed that does not
 * work; and old ones test ranges in odd ways, so minimums are as Kafka gives them.
 */
final class ApiVersionsHandler implements RequestHandler<ApiVersionsRequestData> {

    private final Set<ApiKeys> offered;
    private final Endpoint endpoint;
    private final Features features;

    /**
     * @param offered read at each request
     */
    ApiVersionsHandler(Set<ApiKeys> offered, Endpoint endpoint, Features features) {
        this.offered = offered;
        this.endpoint = endpoint;
        this.features = features;
    }

    @Override
    public CompletionStage<Reply> handle(Call call, ApiVersionsRequestData request) {
        ApiVersionsResponseData response = new ApiVersionsResponseData();
        ApiVersionsRequest body = (ApiVersionsRequest) call.request().body();
        Errors error = check(body, request);
        response.setErrorCode(error.code());
        // KIP-511: the list goes out with UNSUPPORTED_VERSION too, so that the client can try a version of ours.
        if (error == Errors.NONE || error == Errors.UNSUPPORTED_VERSION) {
            for (ApiKeys key : offered) {
                response.apiKeys().add(range(key));
            }
        }
        if (error == Errors.NONE && call.version() >= 3) {
            ClientTraits.remember(call, request);
            addFeatures(response, call.version());
        }
        return CompletableFuture.completedFuture(Reply.of(response));
    }

    private Errors check(ApiVersionsRequest body, ApiVersionsRequestData request) {
        if (body.hasUnsupportedRequestVersion()) {
            return Errors.UNSUPPORTED_VERSION;
        }
        if (!body.isValid()) {
            return Errors.INVALID_REQUEST;
        }
        // KIP-1242: a client that meant another cluster or node starts over from its bootstrap list.
        boolean otherCluster =
                request.clusterId() != null && !request.clusterId().equals(endpoint.clusterId());
        boolean otherNode = request.nodeId() >= 0 && request.nodeId() != endpoint.nodeId();
        return otherCluster || otherNode ? Errors.REBOOTSTRAP_REQUIRED : Errors.NONE;
    }

    private static ApiVersion range(ApiKeys key) {
        // Versions 0 to 2 of Produce are advertised and refused, as Kafka does: librdkafka before 2.11 looks for 0 and
        // would otherwise send uncompressed (KAFKA-18659).
        short oldest = key == ApiKeys.PRODUCE ? ApiKeys.PRODUCE_API_VERSIONS_RESPONSE_MIN_VERSION : key.oldestVersion();
        return new ApiVersion().setApiKey(key.id).setMinVersion(oldest).setMaxVersion(key.latestVersion(false));
    }

    private void addFeatures(ApiVersionsResponseData response, short version) {
        response.setFinalizedFeaturesEpoch(0);
        for (Features.Feature feature : features.all()) {
            if (version >= 4 || feature.min() > 0) { // before, clients choke on a minimum of 0 (KAFKA-17011)
                response.supportedFeatures()
                        .add(new SupportedFeatureKey()
                                .setName(feature.name())
                                .setMinVersion(feature.min())
                                .setMaxVersion(feature.max()));
            }
            if (feature.level() > 0) {
                response.finalizedFeatures()
                        .add(new FinalizedFeatureKey()
                                .setName(feature.name())
                                .setMinVersionLevel(feature.level())
                                .setMaxVersionLevel(feature.level()));
            }
        }
    }
}
