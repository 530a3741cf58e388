package io.polylog.server.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code polylog schedule COMMAND}. */
@Command(
        name = "schedule",
        description = "Shows or cancels messages that wait for their time.",
        subcommands = CommandLine.HelpCommand.class,
        synopsisSubcommandLabel = "COMMAND")
final class ScheduleCommand {

    private final Actions actions;

    ScheduleCommand(Actions actions) {
        this.actions = actions;
    }

    @Command(name = "list", description = "Shows what waits in the running gateway.")
    int list(
            @Mixin GatewayOptions gateway,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "100",
                            description = "Most to show (${DEFAULT-VALUE}).")
                    int limit,
            @Parameters(paramLabel = "TOPIC", arity = "0..1", description = "Only what waits for this topic.") @Nullable
                    String topic) {
        return actions.listSchedules(gateway.configFile(), gateway.url(), Optional.ofNullable(topic), limit);
    }

    @Command(
            name = "cancel",
            description = "Takes back what waits for a topic under an id; exit code 1 if it is too late or not there.")
    int cancel(
            @Mixin GatewayOptions gateway,
            @Parameters(paramLabel = "TOPIC", index = "0", description = "The topic it waits for.") String topic,
            @Parameters(paramLabel = "ID", index = "1", description = "What list shows under ID.") String id) {
        return actions.cancelSchedule(gateway.configFile(), gateway.url(), topic, id);
    }
}
