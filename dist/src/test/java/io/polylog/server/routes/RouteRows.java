package io.polylog.server.routes;

import io.polylog.spi.AdapterContext;
import java.util.List;
import java.util.Map;

/** What a gateway says of its routes. */
record RouteRows(AdapterContext gateway) {

    List<Map<String, String>> all() {
        return gateway.reports().rows("routes").orElseThrow();
    }

    Map<String, String> of(String route) {
        return all().stream()
                .filter(row -> row.get("route").equals(route))
                .findFirst()
                .orElse(Map.of());
    }

    String state(String route) {
        return of(route).getOrDefault("state", "absent");
    }

    long number(String route, String column) {
        return Long.parseLong(of(route).getOrDefault(column, "-1"));
    }

    List<String> refusals() {
        return all().stream()
                .filter(row -> row.get("state").equals("refused"))
                .map(row -> row.get("reason"))
                .toList();
    }
}
