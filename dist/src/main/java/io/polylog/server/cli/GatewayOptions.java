package io.polylog.server.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which running gateway is meant: {@code --url URL}, or the configured one. */
final class GatewayOptions {

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "The gateway's HTTP door; otherwise http.host and http.port as configured.")
    private @Nullable URI url;

    Optional<Path> configFile() {
        return config.file();
    }

    Optional<URI> url() {
        return Optional.ofNullable(url);
    }
}
