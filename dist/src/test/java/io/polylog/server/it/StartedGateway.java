package io.polylog.server.it;

import io.polylog.server.endpoint.Endpoint;
import io.polylog.server.endpoint.Endpoints;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * The unpacked archive of this build, started by its own launcher as a process. Ports are free ones and the data is in
 * the directory given, unless the environment says otherwise. Its output goes to files, so that it never has to wait for
 * a reader.
 */
public final class StartedGateway implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(10);

    private final Process process;
    private final Path out;
    private final Path err;

    private StartedGateway(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** The directory that the archive would unpack to. */
    static Path home() {
        return Path.of(System.getProperty("polylog.dist"));
    }

    /** Runs {@code polylog start} and returns at once. */
    public static StartedGateway launch(Path directory, Map<String, String> environment) {
        return launch(directory, environment, List.of());
    }

    private static StartedGateway launch(Path directory, Map<String, String> environment, List<String> through) {
        Map<String, String> all = new HashMap<>(Map.of(
                "POLYLOG_DATA_DIR", directory.resolve("data").toString(),
                "POLYLOG_KAFKA_PORT", "0",
                "POLYLOG_AMQP_PORT", "0",
                "POLYLOG_MQTT_PORT", "0",
                "POLYLOG_HTTP_PORT", "0"));
        all.putAll(environment);
        return run(directory, all, through, ProcessBuilder.Redirect.PIPE, "start");
    }

    /** Runs the launcher with that environment instead of this process's own variables of the gateway. */
    static StartedGateway run(Path directory, Map<String, String> environment, String... arguments) {
        return run(directory, environment, List.of(), ProcessBuilder.Redirect.PIPE, arguments);
    }

    /** The same, with a file as its standard input. */
    static StartedGateway run(Path directory, Map<String, String> environment, Path input, String... arguments) {
        return run(directory, environment, List.of(), ProcessBuilder.Redirect.from(input.toFile()), arguments);
    }

    private static StartedGateway run(
            Path directory,
            Map<String, String> environment,
            List<String> through,
            ProcessBuilder.Redirect input,
            String... arguments) {
        try {
            Path out = Files.createTempFile(directory, "out", ".log");
            Path err = Files.createTempFile(directory, "err", ".log");
            List<String> command = new ArrayList<>(through);
            command.add(home().resolve("bin").resolve("polylog").toString());
            command.addAll(List.of(arguments));
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().keySet().removeIf(name -> name.startsWith("POLYLOG_"));
            builder.environment().putAll(environment);
            builder.directory(directory.toFile());
            builder.redirectInput(input).redirectOutput(out.toFile()).redirectError(err.toFile());
            return new StartedGateway(builder.start(), out, err);
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    /** Runs {@code polylog start} and waits for the ready line. */
    public static StartedGateway start(Path directory, Map<String, String> environment) {
        return start(directory, environment, List.of());
    }

    /**
     * @param through a command that runs the launcher as its last arguments, in its own place
     */
    static StartedGateway start(Path directory, Map<String, String> environment, List<String> through) {
        StartedGateway gateway = launch(directory, environment, through);
        gateway.awaitReady();
        return gateway;
    }

    /** Waits for the ready line; fails if the process ends instead. */
    public void awaitReady() {
        Awaitility.await("ready line").atMost(PATIENCE).pollInterval(POLL).until(() -> {
            if (!process.isAlive()) {
                throw new AssertionError("the gateway ended with " + process.exitValue() + ": " + err());
            }
            return readyLine().isPresent();
        });
    }

    private Optional<Endpoints> readyLine() {
        return out().lines()
                .flatMap(line -> Endpoints.fromReadyLine(line).stream())
                .findFirst();
    }

    public Endpoint endpoint(String protocol) {
        return readyLine().orElseThrow().of(protocol).orElseThrow();
    }

    String out() {
        return read(out);
    }

    public String err() {
        return read(err);
    }

    /** How many bytes standard error has so far. */
    public long errBytes() {
        return err.toFile().length();
    }

    /** What standard error has from that byte on. */
    public String errFrom(long position) {
        try (InputStream in = Files.newInputStream(err)) {
            in.skipNBytes(position);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    /** Waits for the end of the process. */
    int exitCode() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("still running after " + PATIENCE);
            }
            return process.exitValue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /** Whether the process ends by itself within that time. */
    public boolean endsWithin(long ms) {
        try {
            return process.waitFor(ms, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** How this process reaches a path of the gateway's, which may have mounts of its own; Linux only. */
    Path reach(Path path) {
        return Path.of("/proc/" + process.pid() + "/root")
                .resolve(path.getRoot().relativize(path));
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** SIGKILL, and waits until the process is gone. */
    public void kill() {
        process.destroyForcibly();
        exitCode();
    }

    /** Memory of the process that is in RAM now, in MiB; Linux only. */
    public int residentMib() {
        return status("VmRSS:") / 1024;
    }

    /** Threads of the process; Linux only. */
    int threads() {
        return status("Threads:");
    }

    /** Files that the process has open, sockets included; Linux only. */
    int openFiles() {
        return Objects.requireNonNull(new File("/proc/" + process.pid() + "/fd").list()).length;
    }

    private int status(String name) {
        return read(Path.of("/proc/" + process.pid() + "/status"))
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToInt(line -> Integer.parseInt(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    /** Heap that is in use after a collection of all of it, in MiB; the process stops for that. */
    int liveHeapMib() {
        String histogram = jcmd("GC.class_histogram");
        String[] total =
                histogram.substring(histogram.lastIndexOf("Total")).trim().split(" +");
        return (int) (Long.parseLong(total[2]) >> 20);
    }

    private String jcmd(String command) {
        try {
            Process jcmd = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            Long.toString(process.pid()),
                            command)
                    .start();
            return new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        exitCode();
    }
}
