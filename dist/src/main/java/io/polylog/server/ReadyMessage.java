package io.polylog.server;

import io.polylog.net.Listener;
import io.polylog.server.endpoint.Endpoint;
import io.polylog.server.endpoint.Endpoints;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a user sees once every door is open: where they are, and what to type next. */
final class ReadyMessage {

    private ReadyMessage() {}

    static String of(String version, List<Listener> listeners) {
        Map<String, Endpoint> doors = new LinkedHashMap<>();
        StringBuilder next = new StringBuilder();
        for (Listener listener : listeners) {
            doors.put(listener.protocol(), Endpoint.of(listener.address()));
            String command = listener.adapter().tryNext(listener.address());
            if (!command.isEmpty()) {
                next.append(System.lineSeparator())
                        .append("  try ")
                        .append(listener.protocol())
                        .append(":  ")
                        .append(command);
            }
        }
        return new Endpoints(doors).readyLine(version) + next;
    }
}
