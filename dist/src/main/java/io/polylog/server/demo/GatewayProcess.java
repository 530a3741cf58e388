package io.polylog.server.demo;

import io.polylog.server.endpoint.Endpoints;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A gateway in a process of its own, started by the same launcher that a user starts. Its log goes to a file beside its
 * data. {@link #close} asks it to stop, insists after a while, and never leaves it behind.
 */
final class GatewayProcess implements AutoCloseable {

    private static final int START_PATIENCE_S = 30;
    private static final int STOP_PATIENCE_S = 15;
    private static final int LOG_LINES_SHOWN = 20;

    /** Ports are free ones unless the user's environment says otherwise. */
    private static final List<String> PORT_VARIABLES =
            List.of("POLYLOG_KAFKA_PORT", "POLYLOG_AMQP_PORT", "POLYLOG_MQTT_PORT", "POLYLOG_HTTP_PORT");

    private final Process process;
    private final Path log;

    private GatewayProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    static GatewayProcess start(Path launcher, Path directory) throws StepFailedException {
        Path log = directory.resolve("gateway.log");
        ProcessBuilder builder = new ProcessBuilder(launcher.toString(), "start");
        Map<String, String> environment = builder.environment();
        PORT_VARIABLES.forEach(variable -> environment.putIfAbsent(variable, "0"));
        environment.put("POLYLOG_DATA_DIR", directory.resolve("data").toString());
        environment.put("POLYLOG_ROUTES_DIR", directory.resolve("routes").toString());
        builder.directory(directory.toFile());
        builder.redirectError(log.toFile());
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            return new GatewayProcess(process, log);
        } catch (IOException failure) {
            throw new StepFailedException("the gateway could not be started with " + launcher, failure);
        }
    }

    /** Waits for the ready line. */
    Endpoints awaitReady() throws StepFailedException, InterruptedException {
        CompletableFuture<Optional<Endpoints>> ready = new CompletableFuture<>();
        Thread reader = new Thread(() -> readUntilReady(ready), "polylog-demo-output");
        reader.setDaemon(true);
        reader.start();
        try {
            return ready.get(START_PATIENCE_S, TimeUnit.SECONDS)
                    .orElseThrow(() -> new StepFailedException("the gateway ended before it was ready" + logTail()));
        } catch (TimeoutException late) {
            throw new StepFailedException(
                    "the gateway was not ready within " + START_PATIENCE_S + " s" + logTail(), late);
        } catch (ExecutionException failure) {
            throw new StepFailedException("the gateway's output could not be read", failure);
        }
    }

    /** Reads on to the end, so that the gateway never waits for its output to be taken. */
    private void readUntilReady(CompletableFuture<Optional<Endpoints>> ready) {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            String line = output.readLine();
            while (line != null) {
                Optional<Endpoints> endpoints = Endpoints.fromReadyLine(line);
                if (endpoints.isPresent()) {
                    ready.complete(endpoints);
                }
                line = output.readLine();
            }
            ready.complete(Optional.empty());
        } catch (IOException failure) {
            ready.completeExceptionally(failure);
        }
    }

    private String logTail() {
        try {
            List<String> lines = Files.readAllLines(log);
            return ":\n" + String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
        } catch (IOException unreadable) {
            return "";
        }
    }

    /** Asks the gateway to stop and waits for it; fails if it has to be killed. */
    void stop() throws StepFailedException, InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_PATIENCE_S, TimeUnit.SECONDS)) {
            throw new StepFailedException("the gateway did not stop within " + STOP_PATIENCE_S + " s" + logTail());
        }
    }

    /** Kills whatever is left; also the children, since on Windows the launcher stays beside the gateway. */
    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
