package io.polylog.server.cli;

import io.polylog.server.client.DeleteGroup;
import io.polylog.server.client.DescribeGroup;
import io.polylog.server.client.ListGroups;
import io.polylog.server.client.Position;
import io.polylog.server.client.ResetGroup;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code polylog group COMMAND}. */
@Command(
        name = "group",
        description = "Shows, moves or deletes consumer groups of the running gateway.",
        subcommands = CommandLine.HelpCommand.class,
        synopsisSubcommandLabel = "COMMAND")
final class GroupCommand {

    private static final String NAME = "NAME";

    private final Actions actions;

    GroupCommand(Actions actions) {
        this.actions = actions;
    }

    @Command(name = "list", description = "Shows the groups.")
    int list(@Mixin ClientOptions client) {
        return client.ask(actions, new ListGroups());
    }

    @Command(name = "describe", description = "Shows the members of a group, and how far it has come.")
    int describe(@Mixin ClientOptions client, @Parameters(paramLabel = NAME) String name) {
        return client.ask(actions, new DescribeGroup(name));
    }

    @Command(name = "reset", description = "Sets where a group without members goes on.")
    int reset(
            @Mixin ClientOptions client,
            @Parameters(paramLabel = NAME) String name,
            @Option(names = "--topic", required = true, paramLabel = "TOPIC", description = "In which topic.")
                    String topic,
            @Option(
                            names = "--to",
                            required = true,
                            paramLabel = "POSITION",
                            converter = PositionConverter.class,
                            description = "earliest, latest, an offset, or a time like 2030-01-31T08:00:00Z.")
                    Position to) {
        return client.ask(actions, new ResetGroup(name, topic, to));
    }

    @Command(name = "delete", description = "Deletes a group without members, and its offsets.")
    int delete(@Mixin ClientOptions client, @Parameters(paramLabel = NAME) String name) {
        return client.ask(actions, new DeleteGroup(name));
    }
}
