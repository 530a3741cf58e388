package io.polylog.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.polylog.broker.Topic;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.testkit.TestGateway;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settlement that JMS has no words for, frame by frame. */
class RawSettlementTest {
    @TempDir
    Path directory;

    private TestGateway gateway;
    private Topic topic;

    @BeforeEach
    void start() throws Exception {
        gateway = TestGateway.start(directory, new AmqpAdapterFactory());
        topic = get(gateway.context().topics().ensure("orders"));
        for (int i = 0; i < 3; i++) {
            Record record = new Record(null, ("v" + i).getBytes(UTF_8), 1, Headers.EMPTY);
            get(gateway.context().publisher().publish(topic, record));
        }
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private RawClient receiver() throws Exception {
        RawClient client = RawClient.connect(gateway.port("amqp"));
        client.open();
        client.begin();
        client.attachReceiver("orders");
        client.credit(10);
        return client;
    }

    private static List<UnsignedInteger> take(RawClient client) throws Exception {
        List<UnsignedInteger> ids = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ids.add(client.awaitTransfer().getDeliveryId());
        }
        return ids;
    }

    /** Asks for an outcome of a range that the client does not settle itself; answers what comes back for each. */
    private static List<DeliveryState> ask(RawClient client, List<UnsignedInteger> ids, DeliveryState state)
            throws Exception {
        Disposition range = new Disposition();
        range.setRole(Role.RECEIVER);
        range.setFirst(ids.get(0));
        range.setLast(ids.get(ids.size() - 1));
        range.setState(state);
        client.send(0, range);
        Set<Integer> answered = new TreeSet<>();
        List<DeliveryState> states = new ArrayList<>();
        while (answered.size() < ids.size()) {
            Disposition answer = client.read(Disposition.class);
            assertThat(answer.getSettled()).isTrue();
            int last = answer.getLast() == null
                    ? answer.getFirst().intValue()
                    : answer.getLast().intValue();
            for (int id = answer.getFirst().intValue(); id <= last; id++) {
                answered.add(id);
                states.add(answer.getState());
            }
        }
        return states;
    }

    @Test
    void undeliverableAtTheOnlyReceiverIsADeadLetter() throws Exception {
        try (RawClient client = receiver()) {
            Modified elsewhere = new Modified();
            elsewhere.setUndeliverableHere(true);
            List<DeliveryState> states = ask(client, take(client), elsewhere);
            assertThat(states)
                    .hasSize(3)
                    .allSatisfy(state -> assertThat(((Modified) state).getUndeliverableHere())
                            .isTrue());
            await().atMost(30, TimeUnit.SECONDS)
                    .until(() -> gateway.context()
                            .topics()
                            .find("orders.dlq")
                            .filter(dead -> gateway.context()
                                            .fetcher()
                                            .offsets(dead.partition(0))
                                            .highWatermark()
                                    == 3)
                            .isPresent());
        }
    }

    @Test
    void deliveriesWhoseTimeIsOverAreAnsweredAsReleased() throws Exception {
        get(gateway.context().topics().configure("orders", java.util.Map.of("polylog.lock.timeout.ms", "100")));
        try (RawClient slow = receiver()) {
            List<UnsignedInteger> ids = take(slow);
            try (RawClient other = receiver()) {
                take(other); // the slow one's time is over
                assertThat(ask(slow, ids, org.apache.qpid.proton.amqp.messaging.Accepted.getInstance()))
                        .hasSize(3)
                        .allSatisfy(state -> assertThat(state).isInstanceOf(Released.class));
            }
        }
    }
}
