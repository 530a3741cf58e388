package io.polylog.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.client.ClientCommand;
import io.polylog.server.client.Consume;
import io.polylog.server.client.CreateTopic;
import io.polylog.server.client.DeleteGroup;
import io.polylog.server.client.DeleteTopic;
import io.polylog.server.client.DescribeGroup;
import io.polylog.server.client.DescribeTopic;
import io.polylog.server.client.Format;
import io.polylog.server.client.ListGroups;
import io.polylog.server.client.ListTopics;
import io.polylog.server.client.Position;
import io.polylog.server.client.Produce;
import io.polylog.server.client.ResetGroup;
import io.polylog.server.client.SetTopic;
import io.polylog.server.endpoint.Endpoint;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the arguments of the commands that are clients of a gateway mean. */
final class ClientCommandsTest {

    private static final int USAGE = 2;

    private record Asked(
            Optional<Path> configFile, Optional<Endpoint> bootstrap, Format format, ClientCommand command) {}

    private final List<Asked> asked = new ArrayList<>();

    @Test
    void topics() {
        assertThat(command("topic list")).isInstanceOf(ListTopics.class);
        assertThat(command("topic describe t")).isEqualTo(new DescribeTopic("t"));
        assertThat(command("topic create t")).isEqualTo(new CreateTopic("t", Optional.empty(), Map.of()));
        assertThat(command("topic create t --partitions 3 --setting a=b=c --setting d=e"))
                .isEqualTo(new CreateTopic("t", Optional.of(3), Map.of("a", "b=c", "d", "e")));
        assertThat(command("topic set t --setting a=")).isEqualTo(new SetTopic("t", Optional.empty(), Map.of("a", "")));
        assertThat(command("topic alter t --partitions 4")).isEqualTo(new SetTopic("t", Optional.of(4), Map.of()));
        assertThat(command("topic delete t")).isEqualTo(new DeleteTopic("t"));
    }

    @Test
    void groups() {
        assertThat(command("group list")).isInstanceOf(ListGroups.class);
        assertThat(command("group describe g")).isEqualTo(new DescribeGroup("g"));
        assertThat(command("group reset g --topic t --to 7")).isEqualTo(new ResetGroup("g", "t", Position.parse("7")));
        assertThat(command("group delete g")).isEqualTo(new DeleteGroup("g"));
    }

    @Test
    void records() {
        assertThat(command("produce t"))
                .isEqualTo(produce(Optional.empty(), List.of(), Optional.empty(), Optional.empty()));
        assertThat(command("produce t --key k --header a=b=c --header a= --delay 15m v"))
                .isEqualTo(produce(
                        Optional.of("k"),
                        List.of(Map.entry("a", "b=c"), Map.entry("a", "")),
                        Optional.of("15m"),
                        Optional.of("v")));
        assertThat(command("consume t"))
                .isEqualTo(new Consume(
                        "t",
                        Optional.empty(),
                        Position.EARLIEST,
                        OptionalInt.empty(),
                        OptionalLong.empty(),
                        OptionalInt.empty()));
        assertThat(command("consume t --from 5 --partition 1 -n 2 --timeout 3"))
                .isEqualTo(new Consume(
                        "t",
                        Optional.empty(),
                        Position.parse("5"),
                        OptionalInt.of(1),
                        OptionalLong.of(2),
                        OptionalInt.of(3)));
        assertThat(command("consume t --group g --from latest"))
                .isEqualTo(new Consume(
                        "t",
                        Optional.of("g"),
                        Position.LATEST,
                        OptionalInt.empty(),
                        OptionalLong.empty(),
                        OptionalInt.empty()));
    }

    private static Produce produce(
            Optional<String> key,
            List<Map.Entry<String, String>> headers,
            Optional<String> delay,
            Optional<String> value) {
        return new Produce("t", key, headers, delay, value, System.in);
    }

    @Test
    void whichGatewayAndWhichForm() {
        assertThat(execute("topic list")).isZero();
        assertThat(execute("topic list -b [::1]:9092 -o JSON -c my.yaml")).isZero();
        assertThat(execute("produce t v --bootstrap localhost:1 --output json")).isZero();

        assertThat(asked.get(0).bootstrap()).isEmpty();
        assertThat(asked.get(0).configFile()).isEmpty();
        assertThat(asked.get(0).format()).isEqualTo(Format.TEXT);
        assertThat(asked.get(1).bootstrap()).contains(new Endpoint("[::1]", 9092));
        assertThat(asked.get(1).configFile()).contains(Path.of("my.yaml"));
        assertThat(asked.get(1).format()).isEqualTo(Format.JSON);
        assertThat(asked.get(2).bootstrap()).contains(new Endpoint("localhost", 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "topic --help", "topic list -h", "start --help", "help topic"})
    void helpIsGivenEverywhereAndNothingIsDone(String line) {
        assertThat(execute(line)).isZero();
        assertThat(asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "topic",
                "topic create",
                "topic set t",
                "topic create t --setting a",
                "topic create t --partitions many",
                "topic list -b localhost",
                "topic list -b ::1:9092",
                "topic list -b localhost:0",
                "topic list -b localhost:65536",
                "topic list -o xml",
                "group reset g --to earliest",
                "group reset g --topic t",
                "group reset g --topic t --to never",
                "produce",
                "produce t --header a v",
                "produce t --header =a v",
                "consume",
                "consume t --from never",
                "consume t --group g --from 5",
                "consume t --group g --partition 0",
                "consume t -n 0",
                "consume t --timeout -1"
            })
    void refusesWhatItDoesNotUnderstand(String line) {
        assertThat(execute(line)).isEqualTo(USAGE);
        assertThat(asked).isEmpty();
    }

    private ClientCommand command(String line) {
        assertThat(execute(line)).isZero();
        return asked.remove(0).command();
    }

    private int execute(String line) {
        PrintStream err = System.err;
        System.setErr(new PrintStream(PrintStream.nullOutputStream(), true, StandardCharsets.UTF_8));
        try {
            return PolylogCommand.execute(actions(), line.split(" "));
        } finally {
            System.setErr(err);
        }
    }

    /** Takes down what is to be asked of a gateway; nothing else is called here. */
    private Actions actions() {
        return (Actions) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Actions.class}, (proxy, method, arguments) -> {
                    asked.add(asked(arguments));
                    return 0;
                });
    }

    @SuppressWarnings("unchecked") // the types of Actions.ask
    private static Asked asked(Object[] arguments) {
        return new Asked(
                (Optional<Path>) arguments[0], (Optional<Endpoint>) arguments[1], (Format) arguments[2], (ClientCommand)
                        arguments[3]);
    }
}
