package io.polylog.amqp.link;

import io.polylog.broker.Topic;
import io.polylog.record.Record;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.qpid.proton.amqp.transport.AmqpError;

/**
 * The anonymous terminus: each message goes where its {@code to} says (Anonymous Terminus for Message Routing 1.0).
 *
 * <p>Owned by the connection's event loop. Messages behind one whose topic is still being created wait for it, so that
 * order holds; they are no more than the link's credit.
 */
final class RelayDestination implements Destination {
    private final LinkContext context;
    private final Executor loop;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

    RelayDestination(LinkContext context, Executor loop) {
        this.context = context;
        this.loop = loop;
    }

    private record Waiting(Record record, CompletableFuture<Object> result) {}

    @Override
    public CompletionStage<?> publish(Record record) {
        Waiting message = new Waiting(record, new CompletableFuture<>());
        waiting.add(message);
        if (waiting.size() == 1) {
            publishHead();
        }
        return message.result();
    }

    private void publishHead() {
        while (!waiting.isEmpty()) {
            Waiting head = waiting.element();
            CompletionStage<Destination> destination;
            try {
                destination = find(head.record());
            } catch (AttachRefusedException refused) {
                waiting.remove();
                head.result().completeExceptionally(refused);
                continue;
            }
            CompletableFuture<Destination> future = destination.toCompletableFuture();
            if (!future.isDone()) {
                future.whenCompleteAsync((found, failure) -> publishHeadTo(future), loop);
                return;
            }
            forward(future);
        }
    }

    private void publishHeadTo(CompletableFuture<Destination> destination) {
        forward(destination);
        publishHead();
    }

    private void forward(CompletableFuture<Destination> destination) {
        Waiting head = waiting.remove();
        destination.thenCompose(found -> found.publish(head.record())).whenComplete((published, failure) -> {
            if (failure != null) {
                head.result().completeExceptionally(failure);
            } else {
                head.result().complete(published);
            }
        });
    }

    private CompletionStage<Destination> find(Record record) {
        String to = record.headers()
                .lastText("amqp.to")
                .orElseThrow(() -> new AttachRefusedException(
                        AmqpError.PRECONDITION_FAILED, "a message on a link without a target needs the property 'to'"));
        TemporaryNode node = context.temporaryNodes().find(to).orElse(null);
        if (node != null) {
            return CompletableFuture.completedFuture(node::publish);
        }
        Address address = Address.parse(to);
        return context.topics().ensure(address, false).thenApply(topic -> of(context, address, topic));
    }

    static Destination of(LinkContext context, Address address, Topic topic) {
        return address.partition().isPresent()
                ? Destination.partition(
                        context.gateway().publisher(),
                        topic.partition(address.partition().getAsInt()))
                : Destination.topic(
                        context.gateway().publisher(), context.gateway().topics(), topic);
    }
}
