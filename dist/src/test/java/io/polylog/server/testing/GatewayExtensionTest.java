package io.polylog.server.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.polylog.broker.TopicSpec;
import io.polylog.testkit.GatewayExtension;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** Test classes with the extension, run inside this one. */
class GatewayExtensionTest {

    private static final List<String> PROTOCOLS = List.of("kafka", "amqp", "mqtt", "http");

    /** What the inner classes saw. */
    private static final List<Integer> ports = new ArrayList<>();

    private static final List<String> topics = new ArrayList<>();

    @BeforeEach
    void forget() {
        ports.clear();
        topics.clear();
    }

    @Test
    void staticFieldIsOneGatewayForAllTestsOfAClass() throws Exception {
        run(OneForAll.class).assertStatistics(tests -> tests.started(3).succeeded(3));
        assertThat(ports).hasSize(12);
        assertThat(ports.subList(4, 8)).isEqualTo(ports.subList(0, 4)).doesNotHaveDuplicates();
        assertThat(ports.subList(8, 12)).isEqualTo(ports.subList(0, 4));
        assertThat(topics).containsExactly("", "t", "t,t");
        assertClosed();
    }

    @Test
    void instanceFieldIsAGatewayForEachTest() throws Exception {
        run(OneForEach.class).assertStatistics(tests -> tests.started(2).succeeded(2));
        assertThat(ports).hasSize(8);
        assertThat(topics).containsExactly("", "");
        assertClosed();
    }

    @Test
    void restartKeepsPortsAndTopics() {
        run(Restarted.class).assertStatistics(tests -> tests.started(1).succeeded(1));
    }

    @Test
    void wrongSettingsAreSaid() {
        for (Class<?> wrong : List.of(WrongName.class, WrongValue.class)) {
            assertThat(run(wrong).failed().stream()).as(wrong.getSimpleName()).hasSize(1);
        }
        assertThat(topics).isEmpty();
    }

    @Test
    void saysWhatIsMissing() {
        GatewayExtension gateway = GatewayExtension.create();
        assertThatThrownBy(() -> gateway.port("kafka")).hasMessageContaining("@RegisterExtension");
        assertThatThrownBy(gateway::clock).hasMessageContaining("withVirtualClock");
    }

    private static Events run(Class<?> tests) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(tests))
                .execute()
                .testEvents();
    }

    private static void assertClosed() {
        for (int port : ports) {
            assertThatThrownBy(() -> connect(port)).isInstanceOf(ConnectException.class);
        }
    }

    private static void connect(int port) throws IOException {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
    }

    /** Connects to every protocol, notes the topics there are, and makes one more. */
    private static void use(GatewayExtension gateway) throws IOException {
        for (String protocol : PROTOCOLS) {
            connect(gateway.port(protocol));
            ports.add(gateway.port(protocol));
            assertThat(gateway.address(protocol)).endsWith(":" + gateway.port(protocol));
        }
        var all = gateway.gateway().context().topics();
        topics.add(String.join(",", all.all().stream().map(topic -> "t").toList()));
        all.create(new TopicSpec("t" + topics.size(), 1, Map.of()))
                .toCompletableFuture()
                .join();
    }

    static class OneForAll {
        @RegisterExtension
        static final GatewayExtension gateway = GatewayExtension.create();

        @Test
        void first() throws IOException {
            use(gateway);
        }

        @Test
        void second() throws IOException {
            use(gateway);
        }

        @Nested
        class Inside {
            @Test
            void third() throws IOException {
                use(gateway);
            }
        }
    }

    static class OneForEach {
        @RegisterExtension
        final GatewayExtension gateway = GatewayExtension.create().setting("data-groups", "1");

        @Test
        void first() throws IOException {
            use(gateway);
        }

        @Test
        void second() throws IOException {
            use(gateway);
        }
    }

    static class Restarted {
        @RegisterExtension
        final GatewayExtension gateway = GatewayExtension.withVirtualClock();

        @Test
        void restarts() throws IOException {
            use(gateway);
            long beforeMs = gateway.clock().timeMs();
            gateway.restart();
            use(gateway);
            assertThat(ports.subList(4, 8)).isEqualTo(ports.subList(0, 4));
            assertThat(topics).containsExactly("", "t");
            assertThat(gateway.clock().timeMs()).isEqualTo(beforeMs);
        }
    }

    static class WrongName {
        @RegisterExtension
        final GatewayExtension gateway = GatewayExtension.create().setting("data-group", "1");

        @Test
        void isNotRun() {
            topics.add("run");
        }
    }

    static class WrongValue {
        @RegisterExtension
        final GatewayExtension gateway = GatewayExtension.create().setting("data-groups", "none");

        @Test
        void isNotRun() {
            topics.add("run");
        }
    }
}
