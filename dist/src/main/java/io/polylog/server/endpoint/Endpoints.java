package io.polylog.server.endpoint;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * The doors of a running gateway, by protocol. {@link #readyLine} and {@link #fromReadyLine} are one format, which
 * scripts may rely on:
 *
 * <pre>Polylog 1.0 is ready: kafka 127.0.0.1:9092, amqp 127.0.0.1:5672</pre>
 */
public record Endpoints(Map<String, Endpoint> byProtocol) {

    private static final String MARK = " is ready: ";

    public Endpoints {
        byProtocol = Collections.unmodifiableMap(new LinkedHashMap<>(byProtocol));
    }

    public Optional<Endpoint> of(String protocol) {
        return Optional.ofNullable(byProtocol.get(protocol));
    }

    public String readyLine(String version) {
        return "Polylog " + version + MARK + this;
    }

    /** What a ready line says, or nothing if the line is another one. */
    public static Optional<Endpoints> fromReadyLine(String line) {
        int mark = line.indexOf(MARK);
        if (!line.startsWith("Polylog ") || mark < 0) {
            return Optional.empty();
        }
        Map<String, Endpoint> found = new LinkedHashMap<>();
        for (String door : line.substring(mark + MARK.length()).split(", ")) {
            int space = door.indexOf(' ');
            int colon = door.lastIndexOf(':');
            if (space < 0 || colon < space) {
                return Optional.empty();
            }
            found.put(
                    door.substring(0, space),
                    new Endpoint(door.substring(space + 1, colon), Integer.parseInt(door.substring(colon + 1))));
        }
        return Optional.of(new Endpoints(found));
    }

    @Override
    public String toString() {
        StringJoiner doors = new StringJoiner(", ");
        byProtocol.forEach((protocol, endpoint) -> doors.add(protocol + " " + endpoint));
        return doors.toString();
    }
}
