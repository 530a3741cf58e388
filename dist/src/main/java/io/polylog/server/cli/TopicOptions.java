package io.polylog.server.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a topic is to be like. */
final class TopicOptions {

    @Option(names = "--partitions", paramLabel = "N", description = "How many partitions it has.")
    private @Nullable Integer partitions;

    @Option(
            names = "--setting",
            paramLabel = "NAME=VALUE",
            description = "A setting of the topic, such as polylog.retention=queue; as often as needed.")
    private Map<String, String> settings = new LinkedHashMap<>();

    Optional<Integer> partitions() {
        return Optional.ofNullable(partitions);
    }

    Map<String, String> settings() {
        return settings;
    }
}
