package io.polylog.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** Waiting messages as lines for people. */
final class ScheduleReport {

    private static final String FORMAT = "%-24s %-24s %9s %-32s %10s %s%n";

    private ScheduleReport() {}

    /**
     * @param more whether others wait too
     */
    static String of(List<JsonNode> rows, boolean more) {
        if (rows.isEmpty()) {
            return "nothing waits" + System.lineSeparator();
        }
        StringBuilder text =
                new StringBuilder(String.format(FORMAT, "DUE", "TOPIC", "PARTITION", "ID", "BYTES", "REPEATS"));
        for (JsonNode row : rows) {
            String line = String.format(
                    FORMAT,
                    row.path("due").asText(),
                    row.path("topic").asText(),
                    row.path("partition").asText(),
                    row.path("id").asText(),
                    row.path("bytes").asText(),
                    row.path("schedule").asText());
            text.append(line.stripTrailing()).append(System.lineSeparator());
        }
        if (more) {
            text.append("... and more; ask for them with --limit").append(System.lineSeparator());
        }
        return text.toString();
    }
}
