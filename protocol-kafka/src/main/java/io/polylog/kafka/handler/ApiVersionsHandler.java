package io.polylog.kafka.handler;

import io.polylog.kafka.codec.Reply;
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

    private static final String METADATA_VERSION = "metadata.version";

    /** 3.3-IV3, the oldest level that Kafka 4 brokers know. */
    private static final short OLDEST_METADATA_VERSION = 7;

    /** The level of Kafka 4.4, whose message classes are used here. */
    private static final short LATEST_METADATA_VERSION = 33;

    private static final String GROUP_VERSION = "group.version";

    private static final String TRANSACTION_VERSION = "transaction.version";

    private static final short LATEST_TRANSACTION_VERSION = 2;

    /** Share groups (KIP-932), without the dead-letter topics of level 2 (KIP-1191). */
    private static final String SHARE_VERSION = "share.version";

    private final Set<ApiKeys> offered;
    private final Endpoint endpoint;
    private final short transactionVersion;

    /**
     * @param offered read at each request
     * @param transactionVersion level of the feature of that name
     */
    ApiVersionsHandler(Set<ApiKeys> offered, Endpoint endpoint, short transactionVersion) {
        this.offered = offered;
        this.endpoint = endpoint;
        this.transactionVersion = transactionVersion;
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
        response.supportedFeatures()
                .add(new SupportedFeatureKey()
                        .setName(METADATA_VERSION)
                        .setMinVersion(OLDEST_METADATA_VERSION)
                        .setMaxVersion(LATEST_METADATA_VERSION));
        if (version >= 4) { // before, clients choke on a minimum of 0 (KAFKA-17011)
            response.supportedFeatures().add(supported(GROUP_VERSION, (short) 1));
            response.supportedFeatures().add(supported(TRANSACTION_VERSION, LATEST_TRANSACTION_VERSION));
            response.supportedFeatures().add(supported(SHARE_VERSION, (short) 1));
        }
        response.setFinalizedFeaturesEpoch(0);
        response.finalizedFeatures().add(finalised(METADATA_VERSION, LATEST_METADATA_VERSION));
        response.finalizedFeatures().add(finalised(GROUP_VERSION, (short) 1));
        response.finalizedFeatures().add(finalised(TRANSACTION_VERSION, transactionVersion));
        response.finalizedFeatures().add(finalised(SHARE_VERSION, (short) 1));
    }

    private static SupportedFeatureKey supported(String name, short latest) {
        return new SupportedFeatureKey().setName(name).setMinVersion((short) 0).setMaxVersion(latest);
    }

    private static FinalizedFeatureKey finalised(String name, short level) {
        return new FinalizedFeatureKey().setName(name).setMinVersionLevel(level).setMaxVersionLevel(level);
    }
}
