package io.polylog.server.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.it.StartedGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

/**
 * The started archive with little memory and little patience, and stock clients beside whatever a test does to it. The
 * heap is in RAM as a whole from the start, so that what the process grows by is all that is outside of it.
 */
final class WatchedGateway implements AutoCloseable {

    /** Stands in payloads and names that strangers send: no line of the log may have it. */
    static final String SECRET = "not-for-the-log";

    /** Longest request of Kafka clients that it takes. */
    static final int MAX_REQUEST_BYTES = 32 << 20;

    private static final int WARM_UP_ROUNDS = 20;
    private static final int MAX_GROWTH_MIB = 160;
    private static final int LAST_LINES = 20;
    private static final int LAST_GASP_MS = 500;
    /** Kafka's coordinator calls it an error, on its own account, to be asked to delete a group that has members. */
    private static final Pattern FAILURE = Pattern.compile(
            "^\\S+ ERROR(?!.* Error deleting share group \\S* due to error NON_EMPTY_GROUP)|^\\s+at |^Caused by|^[\\w.$]+(Exception|Error)\\b|OutOfMemory");

    private static final Map<String, String> SETTINGS = Map.ofEntries(
            Map.entry("POLYLOG_HEAP", "192m"),
            Map.entry("POLYLOG_JVM_OPTS", "-Xms192m -XX:+AlwaysPreTouch"),
            Map.entry("POLYLOG_DURABILITY", "os"),
            Map.entry("POLYLOG_KAFKA_MAX_REQUEST_BYTES", String.valueOf(MAX_REQUEST_BYTES)),
            Map.entry("POLYLOG_KAFKA_MAX_IN_FLIGHT_BYTES", String.valueOf(MAX_REQUEST_BYTES)),
            Map.entry("POLYLOG_KAFKA_REQUEST_TIMEOUT_MS", "1500"),
            Map.entry("POLYLOG_AMQP_OPEN_TIMEOUT_MS", "1500"),
            Map.entry("POLYLOG_MQTT_CONNECT_TIMEOUT_SECONDS", "2"),
            Map.entry("POLYLOG_MQTT_TOPIC_ALIAS_MAXIMUM", "10"),
            Map.entry("POLYLOG_HTTP_IDLE_TIMEOUT_MS", "1000"));

    private final StartedGateway gateway;
    private final Neighbours neighbours;
    private final SSLContext trust;
    private final int residentMib;

    private WatchedGateway(StartedGateway gateway, Neighbours neighbours, SSLContext trust) throws Exception {
        this.gateway = gateway;
        this.neighbours = neighbours;
        this.trust = trust;
        for (int round = 0; round < WARM_UP_ROUNDS; round++) {
            neighbours.workOn();
        }
        residentMib = gateway.residentMib();
    }

    /** With doors that are open to everybody. */
    static WatchedGateway plain(Path directory) throws Exception {
        StartedGateway gateway = StartedGateway.start(directory, SETTINGS);
        return new WatchedGateway(gateway, Neighbours.plain(gateway), SecureDoors.trustingNobody());
    }

    /** With doors that speak TLS, that of Kafka for those alone who prove who they are. */
    static WatchedGateway secure(Path directory) throws Exception {
        SecureDoors doors = new SecureDoors(Files.createDirectory(directory.resolve("tls")));
        Map<String, String> settings = new HashMap<>(SETTINGS);
        settings.putAll(doors.settings());
        StartedGateway gateway = StartedGateway.start(directory, settings);
        return new WatchedGateway(gateway, Neighbours.secure(gateway, doors), doors.trust());
    }

    /** What a row does is answered as it should be, and nobody else notices. */
    void suffer(BadRow row) throws Exception {
        long before = endOfLog();
        String peer;
        try (Stranger stranger = stranger(row.door())) {
            peer = stranger.name();
            row.attack().on(stranger);
            neighbours.workOn();
            row.expected().check().read(stranger);
        }
        neighbours.workOn();
        assertSmall();
        assertThat(logFrom(before))
                .filteredOn(line -> line.contains(peer))
                .hasSize(row.expected().logLines());
    }

    Neighbours neighbours() {
        return neighbours;
    }

    Stranger stranger(Door door) throws IOException {
        return new Stranger(gateway.endpoint(door.protocol()), trust);
    }

    /** Where the log ends now. */
    long endOfLog() {
        return gateway.errBytes();
    }

    /** The lines of the log from there on: they tell of no trouble and no secrets. */
    List<String> logFrom(long position) {
        List<String> lines = gateway.errFrom(position).lines().toList();
        assertThat(lines)
                .noneMatch(line -> FAILURE.matcher(line).find())
                .noneMatch(line -> line.contains(SECRET))
                .noneMatch(line -> line.chars().anyMatch(Character::isISOControl));
        return lines;
    }

    /** Whether it runs, and what it last said. */
    String fate() {
        List<String> lines = gateway.err().lines().toList();
        String end = String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
        return gateway.endsWithin(LAST_GASP_MS) ? "The gateway has ended, saying:\n" + end : "The gateway runs.";
    }

    /** It runs, and has grown by little since the table began. */
    void assertSmall() {
        assertThat(gateway.residentMib()).as("MiB of RAM").isLessThan(residentMib + MAX_GROWTH_MIB);
    }

    @Override
    public void close() throws Exception {
        neighbours.close();
        gateway.close();
    }
}
