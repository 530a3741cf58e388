package io.polylog.server.interop;

import io.polylog.server.endpoint.Endpoint;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One of Kafka's own command-line tools, as a process of its own. */
record KafkaTool(String name, Path directory) {

    /** Runs it against that gateway, and returns what it said; fails unless it ended well. */
    String run(Endpoint kafka, String... arguments) throws Exception {
        return runWithInput("", kafka, arguments);
    }

    String runWithInput(String input, Endpoint kafka, String... arguments) throws Exception {
        try (NativeClient client = start(input, connected(kafka, arguments))) {
            return client.output();
        }
    }

    /** Runs it with nothing but these arguments. */
    String runBare(String... arguments) throws Exception {
        try (NativeClient client = start("", List.of(arguments))) {
            return client.output();
        }
    }

    /** Runs it against that gateway, and returns what it said, whether it ended well or not. */
    String tried(Endpoint kafka, String... arguments) throws Exception {
        try (NativeClient client = start("", connected(kafka, arguments))) {
            return client.outputOfAnyEnd();
        }
    }

    private static List<String> connected(Endpoint kafka, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--bootstrap-server", kafka.toString()));
        all.addAll(List.of(arguments));
        return all;
    }

    private NativeClient start(String input, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("polylog.kafka") + File.separator + "*",
                "org.apache.kafka.tools." + name));
        command.addAll(arguments);
        return NativeClient.start(directory, input, command.toArray(String[]::new));
    }
}
