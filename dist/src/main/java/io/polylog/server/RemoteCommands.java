package io.polylog.server;

import com.fasterxml.jackson.databind.JsonNode;
import io.polylog.config.Settings;
import io.polylog.server.config.ListenerKeys;
import io.polylog.spi.ProtocolAdapterFactory;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What commands ask of a gateway that runs, through its HTTP door. One thread. */
final class RemoteCommands {

    /** Most that one answer of the gateway holds. */
    private static final int PAGE = 1000;

    private final GatewayClient gateway;
    private final PrintStream out;
    private final PrintStream err;

    RemoteCommands(URI door, PrintStream out, PrintStream err) {
        this.gateway = new GatewayClient(door);
        this.out = out;
        this.err = err;
    }

    /** The HTTP door of a gateway with those settings. */
    static URI door(List<ProtocolAdapterFactory> factories, Settings settings) throws StartFailedException {
        for (ProtocolAdapterFactory factory : factories) {
            if (factory.name().equals("http")) {
                ListenerKeys keys = ListenerKeys.of(factory);
                String host = settings.get(keys.host());
                return URI.create(
                        "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + settings.get(keys.port()));
            }
        }
        throw new StartFailedException(
                ExitCode.CONFIGURATION, "there is no HTTP door in lib", new IllegalStateException("http"));
    }

    int listRoutes() {
        try {
            out.print(RouteReport.of(gateway.report("routes")));
            return ExitCode.OK.code();
        } catch (IOException unanswered) {
            return failed(unanswered);
        }
    }

    /**
     * @param limit most to show, at least 1
     */
    int listSchedules(Optional<String> topic, int limit) {
        List<JsonNode> rows = new ArrayList<>();
        Optional<String> next = Optional.empty();
        try {
            do {
                JsonNode page = gateway.schedules(topic, next, Math.min(PAGE, limit - rows.size()));
                page.path("schedules").forEach(rows::add);
                next = Optional.ofNullable(page.path("next").textValue());
            } while (next.isPresent() && rows.size() < limit);
            out.print(ScheduleReport.of(rows, next.isPresent()));
            return ExitCode.OK.code();
        } catch (IOException unanswered) {
            return failed(unanswered);
        }
    }

    int cancelSchedule(String topic, String id) {
        try {
            String answer = gateway.cancel(topic, id);
            boolean cancelled = answer.equals("cancelled");
            (cancelled ? out : err).println(cancelled ? answer : "polylog: " + answer);
            return cancelled ? ExitCode.OK.code() : ExitCode.FAILED.code();
        } catch (IOException unanswered) {
            return failed(unanswered);
        }
    }

    private int failed(IOException unanswered) {
        err.println("polylog: " + unanswered.getMessage());
        return ExitCode.FAILED.code();
    }
}
