package io.polylog.server;

import com.fasterxml.jackson.databind.JsonNode;
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
