package io.polylog.server.demo;

import io.polylog.server.endpoint.Endpoint;
import io.polylog.server.endpoint.Endpoints;
import io.polylog.server.log.LogLevel;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Plays the main job from one command: starts a gateway in a temporary directory, publishes with Kafka's producer, and
 * receives the same message with Qpid JMS and with Paho. Ends with 0 only if every step did what it should; a watchdog
 * ends it after a minute whatever happens.
 */
public final class Demo {

    private static final int TIME_LIMIT_S = 60;

    private final PrintStream out;
    private int step;

    private Demo(PrintStream out) {
        this.out = out;
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
        out.println("Polylog demo: one message, in through Kafka, out through AMQP 1.0 and MQTT 5.");
        try {
            Path directory = Files.createTempDirectory("polylog-demo-");
            try {
                play(launcher, directory);
            } finally {
                delete(directory);
            }
            out.println("All " + step + " steps passed.");
            return true;
        } catch (StepFailedException failed) {
            out.println("FAILED after step " + step + ": " + failed.getMessage());
        } catch (IOException failure) {
            out.println("FAILED after step " + step + ": the temporary directory cannot be used: " + failure);
        } catch (InterruptedException interrupted) {
            out.println("FAILED after step " + step + ": interrupted");
        }
        return false;
    }

    private void play(Path launcher, Path directory) throws StepFailedException, InterruptedException {
        try (GatewayProcess gateway = GatewayProcess.start(launcher, directory)) {
            Runtime.getRuntime().addShutdownHook(new Thread(gateway::close, "polylog-demo-stop"));
            ScheduledExecutorService watchdog = watch();
            try {
                Endpoints endpoints = gateway.awaitReady();
                passed("gateway", "started in " + directory + " with " + endpoints);
                carryMessage(endpoints);
                gateway.stop();
                passed("gateway", "stopped; its directory is deleted");
            } finally {
                watchdog.shutdownNow();
            }
        }
    }

    private void carryMessage(Endpoints endpoints) throws StepFailedException, InterruptedException {
        Endpoint http = require(endpoints, "http");
        Endpoint kafka = require(endpoints, "kafka");
        Endpoint amqp = require(endpoints, "amqp");
        Endpoint mqtt = require(endpoints, "mqtt");
        Greeting greeting = Greeting.unique();

        passed("http", "GET http://" + http + HealthCheck.PATH + " answers " + HealthCheck.ready(http));
        try (AmqpReceiver amqpReceiver = AmqpReceiver.attach(amqp, greeting.topic())) {
            passed("amqp", "Qpid JMS waits on queue " + greeting.topic());
            try (MqttReceiver mqttReceiver = MqttReceiver.subscribe(mqtt, greeting.topic() + "/#")) {
                passed("mqtt", "Paho is subscribed to " + greeting.topic() + "/#");
                passed(
                        "kafka",
                        "KafkaProducer published \"" + greeting.text() + "\" with key " + greeting.key() + " to topic "
                                + greeting.topic() + ": " + KafkaSender.publish(kafka, greeting));

                greeting.requireSameText("Qpid JMS", amqpReceiver.receive());
                passed("amqp", "Qpid JMS received and accepted the same text");

                MqttReceiver.Publication publication = mqttReceiver.receive();
                greeting.requireSameText(
                        "Paho", new String(publication.message().getPayload(), StandardCharsets.UTF_8));
                if (!publication.topic().equals(greeting.mqttTopic())) {
                    throw new StepFailedException(
                            "Paho received it on " + publication.topic() + " instead of " + greeting.mqttTopic());
                }
                passed("mqtt", "Paho received the same text on " + publication.topic());
            }
        }
    }

    private static Endpoint require(Endpoints endpoints, String protocol) throws StepFailedException {
        String variable = "POLYLOG_" + protocol.toUpperCase(Locale.ROOT) + "_ENABLED";
        return endpoints
                .of(protocol)
                .orElseThrow(() -> new StepFailedException("the gateway does not serve " + protocol + "; look at "
                        + variable + " and " + protocol + ".enabled in conf/polylog.yaml"));
    }

    private void passed(String door, String what) {
        step++;
        out.printf("%2d. %-8s %s%n", step, door, what);
    }

    private ScheduledExecutorService watch() {
        ScheduledExecutorService watchdog = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "polylog-demo-watchdog");
            thread.setDaemon(true);
            return thread;
        });
        watchdog.schedule(
                () -> {
                    out.println("FAILED after step " + step + ": not finished within " + TIME_LIMIT_S + " s");
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
