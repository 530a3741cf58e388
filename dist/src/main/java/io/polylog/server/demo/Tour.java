package io.polylog.server.demo;

import io.polylog.server.endpoint.Endpoint;
import io.polylog.server.endpoint.Endpoints;
import io.polylog.time.EpochClock;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * What the demonstration shows of a gateway that runs, step by step: a message through every door, one that comes later, and a
 * route.
 */
final class Tour {

    private static final Duration DELAY = Duration.ofSeconds(2);

    /** Where the route copies to, and how its copies can be told. */
    private static final String ROUTED_TOPIC = "demo-routed";

    private static final String ROUTE_FILE = "demo.yaml";

    private final PrintStream out;
    private int step;

    Tour(PrintStream out) {
        this.out = out;
    }

    /** Steps that have passed. */
    int steps() {
        return step;
    }

    void passed(String door, String what) {
        step++;
        out.printf("%2d. %-8s %s%n", step, door, what);
    }

    /**
     * @param routes the directory that the gateway takes its routes from
     */
    void play(Endpoints endpoints, Path routes) throws StepFailedException, InterruptedException {
        Endpoint http = require(endpoints, "http");
        Endpoint kafka = require(endpoints, "kafka");
        Endpoint amqp = require(endpoints, "amqp");
        Endpoint mqtt = require(endpoints, "mqtt");

        passed("http", "GET http://" + http + HealthCheck.PATH + " answers " + HealthCheck.ready(http));
        Greeting greeting = Greeting.unique();
        carryThroughEveryDoor(greeting, kafka, amqp, mqtt);
        deliverLater(kafka, mqtt);
        route(greeting, mqtt, routes);
    }

    private static Endpoint require(Endpoints endpoints, String protocol) throws StepFailedException {
        String variable = "POLYLOG_" + protocol.toUpperCase(Locale.ROOT) + "_ENABLED";
        return endpoints
                .of(protocol)
                .orElseThrow(() -> new StepFailedException("the gateway does not serve " + protocol + "; look at "
                        + variable + " and " + protocol + ".enabled in conf/polylog.yaml"));
    }

    private void carryThroughEveryDoor(Greeting greeting, Endpoint kafka, Endpoint amqp, Endpoint mqtt)
            throws StepFailedException, InterruptedException {
        try (AmqpReceiver amqpReceiver = AmqpReceiver.attach(amqp, greeting.topic());
                MqttReceiver mqttReceiver = MqttReceiver.subscribe(mqtt, greeting.topic() + "/#")) {
            passed("amqp", "Qpid JMS waits on queue " + greeting.topic());
            passed("mqtt", "Paho is subscribed to " + greeting.topic() + "/#");
            passed(
                    "kafka",
                    "KafkaProducer published \"" + greeting.text() + "\" with key " + greeting.key() + " to topic "
                            + greeting.topic() + ": " + KafkaSender.publish(kafka, greeting));

            greeting.requireSameText("Qpid JMS", amqpReceiver.receive());
            passed("amqp", "Qpid JMS received and accepted the same text");

            receive(mqttReceiver, greeting, greeting.topic());
            passed("mqtt", "Paho received the same text on " + greeting.mqttTopic());
        }
    }

    private void deliverLater(Endpoint kafka, Endpoint mqtt) throws StepFailedException, InterruptedException {
        Greeting reminder = Greeting.unique();
        try (MqttReceiver receiver = MqttReceiver.subscribe(mqtt, reminder.topic() + "/#")) {
            long startMs = EpochClock.system().timeMs();
            KafkaSender.schedule(kafka, reminder, DELAY);
            passed(
                    "kafka",
                    "KafkaProducer published another for " + DELAY.toSeconds() + " seconds later: header polylog-delay="
                            + DELAY);
            receive(receiver, reminder, reminder.topic());
            long passedMs = EpochClock.system().timeMs() - startMs;
            if (passedMs < DELAY.toMillis()) {
                throw new StepFailedException("Paho received it after " + passedMs + " ms already");
            }
            passed("mqtt", "Paho received it " + passedMs + " ms after it was published");
        }
    }

    private void route(Greeting first, Endpoint mqtt, Path routes) throws StepFailedException, InterruptedException {
        try (MqttReceiver receiver = MqttReceiver.subscribe(mqtt, ROUTED_TOPIC + "/#")) {
            Files.createDirectories(routes);
            Path file = Files.writeString(routes.resolve(ROUTE_FILE), routeFrom(first.topic()));
            passed("routes", "wrote a Camel route from " + first.topic() + " to " + ROUTED_TOPIC + ": " + file);
            MqttReceiver.Publication publication = receive(receiver, first, ROUTED_TOPIC);
            boolean marked = publication.message().getProperties().getUserProperties().stream()
                    .anyMatch(property -> property.getKey().equals("via"));
            if (!marked) {
                throw new StepFailedException("what Paho received has not come by the route");
            }
            passed(
                    "routes",
                    "Paho received the first message again on " + publication.topic() + ", marked by the route");
        } catch (IOException failure) {
            throw new StepFailedException("the route file could not be written", failure);
        }
    }

    private static String routeFrom(String topic) {
        return """
                - route:
                    id: demo
                    from:
                      uri: polylog:%s
                      parameters: { group: demo-route, startAt: earliest }
                      steps:
                        - setHeader: { name: via, constant: a route }
                        - to: polylog:%s
                """.formatted(topic, ROUTED_TOPIC);
    }

    /** Waits for that text on the MQTT topic of its key in that topic of the log. */
    private static MqttReceiver.Publication receive(MqttReceiver receiver, Greeting greeting, String logTopic)
            throws StepFailedException, InterruptedException {
        MqttReceiver.Publication publication = receiver.receive();
        greeting.requireSameText("Paho", new String(publication.message().getPayload(), StandardCharsets.UTF_8));
        String topic = logTopic + "/" + greeting.key();
        if (!publication.topic().equals(topic)) {
            throw new StepFailedException("Paho received it on " + publication.topic() + " instead of " + topic);
        }
        return publication;
    }
}
