package io.polylog.server.badinput;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/** What the HTTP door must not be talked into. */
final class HttpRows {

    private HttpRows() {}

    static List<BadRow> all() {
        List<BadRow> rows = new ArrayList<>();
        for (String path : List.of(
                "/../../etc/passwd",
                "/%2e%2e/%2e%2e/etc/passwd",
                "/..%2f..%2fetc%2fpasswd",
                "/health/../../etc/passwd",
                "/%00",
                "//example.org/health/ready")) {
            rows.add(row(Clause.HTTP_PATH, path, get(path, "localhost"), 4));
        }
        rows.add(row(Clause.HTTP_REQUEST_SIZE, "line of 100,000", get("/" + "x".repeat(100_000), "localhost"), 4));
        rows.add(row(
                Clause.HTTP_REQUEST_SIZE,
                "a thousand headers",
                "GET /health/live HTTP/1.1\r\nHost: localhost\r\n" + "X: yyyyyyyyyy\r\n".repeat(1000) + "\r\n",
                4));
        rows.add(row(
                Clause.HTTP_REQUEST_SIZE,
                "body of 4 GiB",
                "POST /health/live HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4294967295\r\n\r\n",
                4));
        rows.add(row(
                Clause.HTTP_REQUEST_SIZE,
                "negative body",
                "POST /health/live HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
                4));
        rows.add(row(
                Clause.HTTP_REQUEST_SIZE,
                "chunk of 2 GiB",
                "POST /health/live HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n"
                        + "x".repeat(10_000),
                4));
        rows.add(row(Clause.HTTP_HOST, "none", "GET /health/live HTTP/1.1\r\n\r\n", 4));
        rows.add(row(
                Clause.HTTP_HOST, "two", "GET /health/live HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 4));
        rows.add(row(Clause.HTTP_HOST, "foreign name", get("/schedules", "example.org"), 4));
        return rows;
    }

    private static String get(String path, String host) {
        return "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
    }

    private static BadRow row(Clause clause, String detail, String request, int statusClass) {
        return new BadRow(clause, detail, Door.HTTP, stranger -> stranger.send(request), status(statusClass));
    }

    /** A response with a status of that class, then the end of the connection. */
    static Expected status(int statusClass) {
        return Expected.answered(stranger -> assertThat(new String(stranger.hearToEnd(), ISO_8859_1))
                .startsWith("HTTP/1.1 " + statusClass)
                .doesNotContain("root:", "Exception"));
    }
}
