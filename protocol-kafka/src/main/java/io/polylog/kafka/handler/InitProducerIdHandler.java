package io.polylog.kafka.handler;

import io.polylog.broker.ProducerIds;
import io.polylog.kafka.codec.Reply;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * InitProducerId for idempotent producers: every request gets a fresh id with epoch 0, also one that asks for its epoch
 * to be raised, which is what Kafka does without a transactional id.
 *
 * <p>There are no transactions yet. A transactional id is refused with the one error that every client takes as final.
 */
final class InitProducerIdHandler implements RequestHandler<InitProducerIdRequestData> {

    private final ProducerIds producerIds;

    InitProducerIdHandler(ProducerIds producerIds) {
        this.producerIds = Objects.requireNonNull(producerIds, "producerIds");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, InitProducerIdRequestData request) {
        if (request.transactionalId() != null) {
            throw Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.exception();
        }
        return producerIds
                .next()
                .thenApply(id -> Reply.of(
                        new InitProducerIdResponseData().setProducerId(id).setProducerEpoch((short) 0)));
    }
}
