package io.polylog.server.cli;

import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** {@code polylog COMMAND}. */
@Command(
        name = "polylog",
        description = "One durable, partitioned log with Kafka, AMQP and MQTT doors.",
        subcommands = CommandLine.HelpCommand.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Every key of conf/polylog.yaml can be set in the environment: kafka.port is POLYLOG_KAFKA_PORT.",
            "",
            "Exit codes: 0 done, 1 failed, 2 usage, 3 configuration, 4 data directory, 5 port,",
            "6 the log could not be kept durable, 7 no suitable Java, 143 stopped by SIGTERM."
        })
public final class PolylogCommand {

    private final Actions actions;

    private PolylogCommand(Actions actions) {
        this.actions = actions;
    }

    /** Understands the arguments and runs what they ask for; returns the exit code. */
    public static int execute(Actions actions, String... arguments) {
        CommandLine line = new CommandLine(new PolylogCommand(actions))
                .addSubcommand(new RoutesCommand(actions))
                .addSubcommand(new ScheduleCommand(actions))
                .addSubcommand(new TopicCommand(actions))
                .addSubcommand(new GroupCommand(actions))
                .addSubcommand(new ProduceCommand(actions))
                .addSubcommand(new ConsumeCommand(actions))
                .setCaseInsensitiveEnumValuesAllowed(true);
        addHelp(line);
        if (arguments.length == 0) {
            line.usage(System.err);
            return CommandLine.ExitCode.USAGE;
        }
        return line.execute(arguments);
    }

    /** {@code polylog help topic} and {@code polylog topic --help} both help. */
    private static void addHelp(CommandLine line) {
        if (line.getCommand() instanceof CommandLine.HelpCommand) {
            return;
        }
        line.getCommandSpec()
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Shows this.")
                        .build());
        Set.copyOf(line.getSubcommands().values()).forEach(PolylogCommand::addHelp);
    }

    @Command(name = "start", description = "Runs the gateway until it gets SIGTERM or Ctrl-C.")
    int start(@Mixin ConfigOption config) {
        return actions.start(config.file());
    }

    @Command(
            name = "demo",
            description =
                    "Starts a gateway in a temporary directory, carries a message from a Kafka client to an AMQP and an"
                            + " MQTT client, delays another, and has a route copy them.")
    int demo() {
        return actions.demo();
    }

    @Command(name = "config", description = "Prints the configuration in effect, and where each value comes from.")
    int config(
            @Mixin ConfigOption config,
            @Option(names = "--template", description = "Print a file of every key with its meaning and default.")
                    boolean template) {
        return actions.config(config.file(), template);
    }

    @Command(
            name = "verify",
            description = "Reads all data of a stopped gateway and reports every damaged place, by file and byte.")
    int verify(@Mixin ConfigOption config) {
        return actions.verify(config.file());
    }

    @Command(name = "version", description = "Prints the version of Polylog and of Java.")
    int version() {
        return actions.version();
    }
}
