package io.polylog.server.cli;

import io.polylog.server.client.Produce;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code polylog produce TOPIC [VALUE]}. */
@Command(
        name = "produce",
        description = "Publishes a record, or each line of the standard input as one, and says where it stands.")
final class ProduceCommand implements Callable<Integer> {

    private final Actions actions;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ClientOptions client = new ClientOptions();

    @Parameters(index = "0", paramLabel = "TOPIC")
    private String topic = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "VALUE",
            description = "The value; otherwise each line of the standard input is one.")
    private @Nullable String value;

    @Option(names = "--key", paramLabel = "KEY", description = "The key; records of one key keep their order.")
    private @Nullable String key;

    @Option(names = "--header", paramLabel = "NAME=VALUE", description = "A header; as often as needed.")
    private List<String> headers = new ArrayList<>();

    @Option(
            names = "--delay",
            paramLabel = "TIME",
            description = "When it is to come, from now: 90s, 15m, 2h, 7d, milliseconds, or ISO 8601.")
    private @Nullable String delay;

    ProduceCommand(Actions actions) {
        this.actions = actions;
    }

    @Override
    public Integer call() {
        Produce command = new Produce(
                topic,
                Optional.ofNullable(key),
                headers.stream().map(this::header).toList(),
                Optional.ofNullable(delay),
                Optional.ofNullable(value),
                System.in);
        return client.ask(actions, command);
    }

    /** A name may come more than once, so they are no map. */
    private Map.Entry<String, String> header(String text) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw new ParameterException(spec.commandLine(), "--header is '" + text + "'; write NAME=VALUE");
        }
        return Map.entry(text.substring(0, equals), text.substring(equals + 1));
    }
}
