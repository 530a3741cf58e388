package io.polylog.server.demo;

import io.polylog.server.endpoint.Endpoints;
import io.polylog.server.log.LogLevel;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Plays the main job from one command: starts a gateway in a temporary directory and shows what it does with the clients that
 * people have ({@link Tour}). Ends with 0 only if every step did what it should; a watchdog
 * ends it after a minute whatever happens.
 */
public final class Demo {

    private static final int TIME_LIMIT_S = 60;

    private final PrintStream out;
    private final Tour tour;

    private Demo(PrintStream out) {
        this.out = out;
        this.tour = new Tour(out);
    }

    /** Expects the launcher's path in the property {@code polylog.launcher}. */
    public static void main(String[] arguments) {
        LogLevel.ERROR.apply(); // the clients' own logs would hide the steps
        String launcher = System.getProperty("polylog.launcher", "");
        if (launcher.isEmpty() || arguments.length > 0) {
            System.err.println("usage: polylog demo");
            System.exit(2);
        }
        System.exit(new Demo(System.out).run(Path.of(launcher)) ? 0 : 1);
    }

    private boolean run(Path launcher) {
        out.println(
                "Polylog demo: one message in through Kafka and out through AMQP 1.0 and MQTT 5, one that comes later, one"
                        + " route.");
        try {
            Path directory = Files.createTempDirectory("polylog-demo-");
            try {
                play(launcher, directory);
            } finally {
                delete(directory);
            }
            out.println("All " + tour.steps() + " steps passed.");
            return true;
        } catch (StepFailedException failed) {
            out.println("FAILED after step " + tour.steps() + ": " + failed.getMessage());
        } catch (IOException failure) {
            out.println("FAILED after step " + tour.steps() + ": the temporary directory cannot be used: " + failure);
        } catch (InterruptedException interrupted) {
            out.println("FAILED after step " + tour.steps() + ": interrupted");
        }
        return false;
    }

    private void play(Path launcher, Path directory) throws StepFailedException, InterruptedException {
        try (GatewayProcess gateway = GatewayProcess.start(launcher, directory)) {
            Runtime.getRuntime().addShutdownHook(new Thread(gateway::close, "polylog-demo-stop"));
            ScheduledExecutorService watchdog = watch();
            try {
                Endpoints endpoints = gateway.awaitReady();
                tour.passed("gateway", "started in " + directory + " with " + endpoints);
                tour.play(endpoints, directory.resolve("routes"));
                gateway.stop();
                tour.passed("gateway", "stopped; its directory is deleted");
            } finally {
                watchdog.shutdownNow();
            }
        }
    }

    private ScheduledExecutorService watch() {
        ScheduledExecutorService watchdog = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "polylog-demo-watchdog");
            thread.setDaemon(true);
            return thread;
        });
        watchdog.schedule(
                () -> {
                    out.println("FAILED after step " + tour.steps() + ": not finished within " + TIME_LIMIT_S + " s");
                    System.exit(1); // the shutdown hook ends the gateway
                },
                TIME_LIMIT_S,
                TimeUnit.SECONDS);
        return watchdog;
    }

    private static void delete(Path directory) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> all = Files.walk(directory)) {
            deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }
}
