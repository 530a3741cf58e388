package io.polylog.kafka.handler;

import io.polylog.kafka.codec.Reply;
import io.polylog.security.Operation;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** What it takes to be an idempotent or a transactional producer. */
final class TransactionGuards {

    private final Access access;

    TransactionGuards(Access access) {
        this.access = access;
    }

    void addTo(Guards guards) {
        guards.add(ApiKeys.INIT_PRODUCER_ID, InitProducerIdRequestData.class, this::initProducerId);
    }

    /** An idempotent producer needs some topic that it may write to (KIP-679), or the older right of its own. */
    private CompletionStage<Reply> initProducerId(
            Call call, InitProducerIdRequestData request, Supplier<CompletionStage<Reply>> rest) {
        String id = request.transactionalId();
        if (id != null) {
            access.requireTransactionalId(call, Operation.WRITE, id);
        } else if (!access.cluster(call, Operation.IDEMPOTENT_WRITE) && !access.someTopic(call, Operation.WRITE)) {
            throw Errors.CLUSTER_AUTHORIZATION_FAILED.exception();
        }
        return rest.get();
    }
}
