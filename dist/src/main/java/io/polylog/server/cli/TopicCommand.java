package io.polylog.server.cli;

import io.polylog.server.client.CreateTopic;
import io.polylog.server.client.DeleteTopic;
import io.polylog.server.client.DescribeTopic;
import io.polylog.server.client.ListTopics;
import io.polylog.server.client.SetTopic;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code polylog topic COMMAND}. */
@Command(
        name = "topic",
        description = "Shows, makes, changes or deletes topics of the running gateway.",
        subcommands = CommandLine.HelpCommand.class,
        synopsisSubcommandLabel = "COMMAND")
final class TopicCommand {

    private static final String NAME = "NAME";

    private final Actions actions;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    TopicCommand(Actions actions) {
        this.actions = actions;
    }

    @Command(name = "list", description = "Shows the topics.")
    int list(@Mixin ClientOptions client) {
        return client.ask(actions, new ListTopics());
    }

    @Command(name = "describe", description = "Shows the partitions of a topic, and the settings that were set.")
    int describe(@Mixin ClientOptions client, @Parameters(paramLabel = NAME) String name) {
        return client.ask(actions, new DescribeTopic(name));
    }

    @Command(name = "create", description = "Makes a topic.")
    int create(@Mixin ClientOptions client, @Mixin TopicOptions options, @Parameters(paramLabel = NAME) String name) {
        return client.ask(actions, new CreateTopic(name, options.partitions(), options.settings()));
    }

    @Command(
            name = "set",
            aliases = "alter",
            description = "Changes settings of a topic, or adds partitions; NAME= puts a setting back to its default.")
    int set(@Mixin ClientOptions client, @Mixin TopicOptions options, @Parameters(paramLabel = NAME) String name) {
        if (options.settings().isEmpty() && options.partitions().isEmpty()) {
            throw new ParameterException(
                    spec.subcommands().get("set"), "Missing what to change: --setting NAME=VALUE or --partitions N");
        }
        return client.ask(actions, new SetTopic(name, options.partitions(), options.settings()));
    }

    @Command(name = "delete", description = "Deletes a topic with all that it holds.")
    int delete(@Mixin ClientOptions client, @Parameters(paramLabel = NAME) String name) {
        return client.ask(actions, new DeleteTopic(name));
    }
}
