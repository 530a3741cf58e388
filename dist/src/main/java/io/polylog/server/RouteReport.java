package io.polylog.server;

import java.util.List;
import java.util.Map;

/** The routes of a gateway as lines for people. */
final class RouteReport {

    private RouteReport() {}

    static String of(List<Map<String, String>> rows) {
        if (rows.isEmpty()) {
            return "no routes" + System.lineSeparator();
        }
        String format = "%-24s %-24s %-9s %-28s %10s %8s %10s%n";
        StringBuilder text = new StringBuilder(
                String.format(format, "FILE", "ROUTE", "STATE", "FROM", "TOTAL", "FAILED", "IN FLIGHT"));
        for (Map<String, String> row : rows) {
            text.append(String.format(
                            format,
                            row.getOrDefault("file", ""),
                            row.getOrDefault("route", ""),
                            row.getOrDefault("state", ""),
                            row.getOrDefault("from", ""),
                            row.getOrDefault("total", ""),
                            row.getOrDefault("failed", ""),
                            row.getOrDefault("inFlight", ""))
                    .stripTrailing());
            text.append(System.lineSeparator());
            note(text, row.getOrDefault("reason", ""));
            note(text, row.getOrDefault("lastFailure", ""));
        }
        return text.toString();
    }

    private static void note(StringBuilder text, String note) {
        if (!note.isEmpty()) {
            text.append("    ").append(note).append(System.lineSeparator());
        }
    }
}
