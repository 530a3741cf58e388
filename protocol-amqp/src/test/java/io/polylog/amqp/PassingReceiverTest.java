package io.polylog.amqp;

import static org.awaitility.Awaitility.await;

import io.polylog.testkit.TestGateway;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client whose connection ends before its link is attached. */
final class PassingReceiverTest {

    @Test
    void leavesNoMemberBehind(@TempDir Path directory) throws Exception {
        try (TestGateway gateway = TestGateway.start(directory, new AmqpAdapterFactory());
                RawClient staying = RawClient.connect(gateway.port("amqp"))) {
            for (int i = 0; i < 20; i++) {
                try (RawClient passing = RawClient.connect(gateway.port("amqp"))) {
                    passing.receiveInPassing("orders", 1);
                }
            }
            staying.open();
            staying.begin();
            staying.attachReceiver("orders"); // attached after all those before it

            await().until(() -> gateway.gauge("polylog_share_members") == 1);
        }
    }
}
