package io.polylog.kafka.handler;

import io.polylog.kafka.call.AuthorizedOperations;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.Endpoint;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.protocol.Errors;

/** DescribeCluster: this gateway alone. It is asked as a broker; there is no controller listener to describe. */
final class DescribeClusterHandler implements RequestHandler<DescribeClusterRequestData> {

    private static final byte BROKERS = 1;

    private final Endpoint endpoint;

    DescribeClusterHandler(Endpoint endpoint) {
        this.endpoint = Objects.requireNonNull(endpoint, "endpoint");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, DescribeClusterRequestData request) {
        DescribeClusterResponseData response = new DescribeClusterResponseData();
        if (request.endpointType() != BROKERS) {
            response.setErrorCode(Errors.MISMATCHED_ENDPOINT_TYPE.code())
                    .setErrorMessage("The request was sent to an endpoint of type BROKER");
            return CompletableFuture.completedFuture(Reply.of(response));
        }
        response.setClusterId(endpoint.clusterId()).setControllerId(endpoint.nodeId());
        response.brokers()
                .add(new DescribeClusterBroker()
                        .setBrokerId(endpoint.nodeId())
                        .setHost(endpoint.host(call))
                        .setPort(endpoint.port(call)));
        if (request.includeClusterAuthorizedOperations()) {
            response.setClusterAuthorizedOperations(AuthorizedOperations.CLUSTER);
        }
        return CompletableFuture.completedFuture(Reply.of(response));
    }
}
