package io.polylog.server.interop;

import io.polylog.server.endpoint.Endpoint;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An application of Kafka Streams as a process of its own: {@code interop/WordCount.java}, run from its source. */
final class WordCountApplication implements AutoCloseable {

    private static final int END_PATIENCE_S = 60;

    private final Process process;
    private final Path log;

    private WordCountApplication(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * @param state directory for its stores
     * @param settings more of them, as key=value
     */
    static WordCountApplication start(
            Path directory, Endpoint kafka, Path state, String from, String to, String... settings) throws Exception {
        Path log = Files.createTempFile(directory, "streams", ".log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("polylog.kafka") + File.separator + "*",
                Path.of(WordCountApplication.class
                                .getResource("/interop/WordCount.java")
                                .toURI())
                        .toString(),
                from,
                to,
                "bootstrap.servers=" + kafka,
                "state.dir=" + state,
                "commit.interval.ms=100",
                "auto.offset.reset=earliest"));
        command.addAll(List.of(settings));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new WordCountApplication(process, log);
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    /** Ends it as its owner would: it commits and leaves its group. */
    @Override
    public void close() throws Exception {
        process.getOutputStream().close();
        if (!process.waitFor(END_PATIENCE_S, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("the streams application does not end: " + log());
        }
    }
}
