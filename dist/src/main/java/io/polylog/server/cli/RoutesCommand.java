package io.polylog.server.cli;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code polylog routes COMMAND}. */
@Command(
        name = "routes",
        description = "Checks route files, or shows how routes are.",
        subcommands = CommandLine.HelpCommand.class,
        synopsisSubcommandLabel = "COMMAND")
final class RoutesCommand {

    private final Actions actions;

    RoutesCommand(Actions actions) {
        this.actions = actions;
    }

    @Command(
            name = "lint",
            description = "Checks route files without a gateway; exit code 1 if there is something wrong with one.")
    int lint(
            @Mixin ConfigOption config,
            @Parameters(paramLabel = "FILE", arity = "0..*", description = "The files; otherwise those in routes-dir.")
                    @Nullable
                    List<Path> files) {
        return actions.lintRoutes(config.file(), files == null ? List.of() : files);
    }

    @Command(name = "list", description = "Shows the routes of the running gateway, and the files that it refused.")
    int list(@Mixin GatewayOptions gateway) {
        return actions.listRoutes(gateway.configFile(), gateway.url());
    }
}
