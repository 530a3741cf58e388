package io.polylog.server.interop;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Kafka Connect or MirrorMaker as a process of its own. */
final class ConnectProcess implements AutoCloseable {

    private final Process process;
    private final Path log;

    private ConnectProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * @param files its configuration, each with the text of one file
     */
    static ConnectProcess start(Path directory, String mainClass, String... files) throws IOException {
        Path log = Files.createTempFile(directory, "connect", ".log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("polylog.kafka.connect") + File.separator + "*",
                mainClass));
        for (String text : files) {
            command.add(Files.writeString(Files.createTempFile(directory, "connect", ".properties"), text)
                    .toString());
        }
        return new ConnectProcess(
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start(),
                log);
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}
