package io.polylog.server.cli;

import io.polylog.server.client.ClientCommand;
import io.polylog.server.client.Format;
import io.polylog.server.endpoint.Endpoint;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which running gateway is meant, {@code --bootstrap HOST:PORT} or the configured one; and {@code --output FORMAT}. */
final class ClientOptions {

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(
            names = {"-b", "--bootstrap"},
            paramLabel = "HOST:PORT",
            converter = EndpointConverter.class,
            description = "The gateway's Kafka door; otherwise kafka.host and kafka.port as configured.")
    private @Nullable Endpoint bootstrap;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "text, or json for one document a line (${DEFAULT-VALUE}).")
    private Format format = Format.TEXT;

    int ask(Actions actions, ClientCommand command) {
        return actions.ask(config.file(), Optional.ofNullable(bootstrap), format, command);
    }
}
