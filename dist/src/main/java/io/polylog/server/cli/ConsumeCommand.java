package io.polylog.server.cli;

import io.polylog.server.client.Consume;
import io.polylog.server.client.Position;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code polylog consume TOPIC}. */
@Command(
        name = "consume",
        description = "Writes the values of a topic's records, one a line, or with -o json the whole records.")
final class ConsumeCommand implements Callable<Integer> {

    private final Actions actions;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ClientOptions client = new ClientOptions();

    @Parameters(paramLabel = "TOPIC")
    private String topic = "";

    @Option(
            names = "--group",
            paramLabel = "GROUP",
            description = "Read as a member of a consumer group, from where it is, and commit what was written.")
    private @Nullable String group;

    @Option(
            names = "--from",
            paramLabel = "POSITION",
            defaultValue = "earliest",
            converter = PositionConverter.class,
            description = "earliest, latest, an offset, or a time like 2030-01-31T08:00:00Z (${DEFAULT-VALUE})."
                    + " For a group only where it has committed nothing, and only earliest or latest.")
    private Position from = Position.EARLIEST;

    @Option(names = "--partition", paramLabel = "P", description = "Only this partition; not with a group.")
    private @Nullable Integer partition;

    @Option(
            names = {"-n", "--count"},
            paramLabel = "COUNT",
            description = "End after so many records; exit code 1 if the time is out before.")
    private @Nullable Long count;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "End when nothing has come for so long.")
    private @Nullable Integer silenceSeconds;

    ConsumeCommand(Actions actions) {
        this.actions = actions;
    }

    @Override
    public Integer call() {
        check(group == null || from.isEnd(), "--from is for a group either earliest or latest; see \"group reset\"");
        check(group == null || partition == null, "--partition cannot be with --group, which shares partitions out");
        check(count == null || count > 0, "--count is a number from 1");
        check(silenceSeconds == null || silenceSeconds >= 0, "--timeout is a number from 0");
        Consume command = new Consume(
                topic,
                Optional.ofNullable(group),
                from,
                partition == null ? OptionalInt.empty() : OptionalInt.of(partition),
                count == null ? OptionalLong.empty() : OptionalLong.of(count),
                silenceSeconds == null ? OptionalInt.empty() : OptionalInt.of(silenceSeconds));
        return client.ask(actions, command);
    }

    private void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }
}
