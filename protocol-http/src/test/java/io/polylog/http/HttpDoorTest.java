package io.polylog.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Registration;
import io.polylog.broker.Writes;
import io.polylog.http.metrics.MicrometerMeters;
import io.polylog.metric.Meters;
import io.polylog.net.EventLoops;
import io.polylog.net.Listener;
import io.polylog.spi.Readiness;
import io.polylog.spi.Reports;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The HTTP door over real sockets: a stock client for what is right, raw bytes for what is wrong. */
@Timeout(60)
class HttpDoorTest {

    private final MicrometerMeters meters = new MicrometerMeters();
    private final Readiness readiness = new Readiness();
    private final EventLoops loops = new EventLoops(1);
    private final Reports reports = new Reports();
    private final HttpClient client = HttpClient.newHttpClient();
    private Listener listener;

    @BeforeEach
    void open() throws IOException {
        listener = bind(meters, 30_000);
    }

    @AfterEach
    void close() {
        listener.close();
        loops.close();
    }

    private Listener bind(Meters counted, int idleTimeoutMs) throws IOException {
        return Listener.bind(
                "http",
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                100,
                new HttpAdapter(counted, readiness, reports, List.of(), idleTimeoutMs),
                loops,
                counted);
    }

    @Test
    void isLiveWhileStarting() throws Exception {
        HttpResponse<String> response = get("/health/live");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("{\"status\":\"live\"}");
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
    }

    @Test
    void isReadyFromTheMomentTheGatewaySaysSo() throws Exception {
        HttpResponse<String> before = get("/health/ready");
        readiness.ready();
        HttpResponse<String> during = get("/health/ready");
        readiness.stopping();
        readiness.ready();
        HttpResponse<String> after = get("/health/ready");
        assertThat(before.statusCode()).isEqualTo(503);
        assertThat(before.body()).isEqualTo("{\"status\":\"starting\"}");
        assertThat(during.statusCode()).isEqualTo(200);
        assertThat(during.body()).isEqualTo("{\"status\":\"ready\"}");
        assertThat(after.statusCode()).isEqualTo(503);
        assertThat(after.body()).isEqualTo("{\"status\":\"stopping\"}");
    }

    @Test
    void staysReadyForReadersWhileTheDiskIsFull() throws Exception {
        readiness.ready();
        readiness.follow(() -> Writes.DISK_FULL);
        HttpResponse<String> ready = get("/health/ready");
        HttpResponse<String> live = get("/health/live");
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(ready.body()).isEqualTo("{\"status\":\"ready\",\"writes\":\"refused: disk full\"}");
        assertThat(live.statusCode()).isEqualTo(200);
    }

    @Test
    void isNeitherReadyNorLiveOnceTheJournalFailed() throws Exception {
        readiness.ready();
        readiness.follow(() -> Writes.STORAGE_FAILED);
        assertThat(get("/health/ready").statusCode()).isEqualTo(503);
        HttpResponse<String> live = get("/health/live");
        assertThat(live.statusCode()).isEqualTo(503);
        assertThat(live.body()).contains("\"status\":\"failed\"").contains("the journal failed");
    }

    @Test
    void exposesMetersInPrometheusText() throws Exception {
        meters.counter("polylog_messages_in_total", "protocol", "mqtt").add(3);
        HttpResponse<String> response = get("/metrics?name[]=any");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(response.body())
                .contains("polylog_messages_in_total{protocol=\"mqtt\"} 3.0\n")
                .contains("polylog_connections{protocol=\"http\"} 1.0\n");
    }

    @Test
    void showsAReportAsJsonWhileThereIsOne() throws Exception {
        Registration added = reports.add("routes", () -> List.of(Map.of("route", "say \"hello\"")));
        HttpResponse<String> during = get("/routes");
        added.close();
        assertThat(during.statusCode()).isEqualTo(200);
        assertThat(during.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(during.body()).isEqualTo("[{\"route\":\"say \\\"hello\\\"\"}]");
        assertThat(get("/routes").statusCode()).isEqualTo(404);
    }

    @Test
    void reportsAreNotForForeignNamesOfThisMachine() throws Exception {
        reports.add("routes", List::of);
        for (String host : List.of("evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "10.0.0.1")) {
            assertThat(raw("GET /routes HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 403");
        }
        for (String host : List.of("localhost", "LOCALHOST:8080", "127.0.0.1:1", "127.9.9.9", "[::1]:8080")) {
            assertThat(raw("GET /routes HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200")
                    .doesNotContainIgnoringCase("access-control");
        }
    }

    private String raw(String request) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), listener.address().getPort())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void saysThatNoMetricsAreCollected() throws Exception {
        try (Listener bare = bind(Meters.none(), 30_000)) {
            HttpResponse<String> response =
                    client.send(request(bare, "/metrics").build(), BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(response.body()).isEqualTo("This gateway collects no metrics.\n");
        }
    }

    @Test
    void answersUnknownPathsWithOneSentence() throws Exception {
        HttpResponse<String> response = get("/health/live/");
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body()).containsOnlyOnce(".\n").contains("/metrics");
    }

    @Test
    void allowsOnlyReading() throws Exception {
        HttpResponse<String> response = client.send(
                request(listener, "/metrics").POST(BodyPublishers.ofString("x")).build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("allow")).hasValue("GET, HEAD");
    }

    @Test
    void headCarriesTheLengthWithoutTheBody() throws Exception {
        String answer = exchange("HEAD /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assertThat(answer)
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("content-length: 17\r\n")
                .endsWith("\r\n\r\n");
    }

    @Test
    void answersPipelinedRequestsInOrderOnOneConnection() throws Exception {
        String answer = exchange("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"
                + "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n"
                + "GET http://a/nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assertThat(answer.split("HTTP/1.1 ", -1))
                .hasSize(4)
                .satisfies(parts -> assertThat(parts[1]).startsWith("200 OK").contains("jvm_threads_live"))
                .satisfies(parts -> assertThat(parts[2]).startsWith("200 OK").endsWith("{\"status\":\"live\"}"))
                .satisfies(parts -> assertThat(parts[3]).startsWith("404 Not Found"));
    }

    @Test
    void closesAfterAnHttp10Request() throws Exception {
        assertThat(exchange("GET /health/live HTTP/1.0\r\n\r\n"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .endsWith("{\"status\":\"live\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hello\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n",
                "AMQP\u0000\u0001\u0000\u0000\r\n\r\n",
                "GET /health/live HTTP/1.1\r\n\r\n",
                "GET /health/live HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET /health/live HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
                "GET /health/live HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                "GET /health/live HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "GET /health/live HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n"
            })
    void closesMalformedInputWith400(String bytes) throws Exception {
        assertThat(exchange(bytes)).startsWith("HTTP/1.1 400 Bad Request\r\n").contains("connection: close\r\n");
    }

    @Test
    void countsRequestsAndMalformedOnes() throws Exception {
        exchange("hello\r\n\r\n");
        assertThat(get("/metrics").body())
                .contains("polylog_requests_total{protocol=\"http\"} 2.0\n")
                .contains("polylog_protocol_errors_total{protocol=\"http\"} 1.0\n");
    }

    @Test
    void refusesTheNextMajorVersion() throws Exception {
        assertThat(exchange("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).startsWith("HTTP/1.1 505 ");
    }

    @Test
    void boundsTheRequestLine() throws Exception {
        assertThat(exchange("GET /" + "a".repeat(HttpAdapter.MAX_LINE_BYTES) + " HTTP/1.1\r\nHost: a\r\n\r\n"))
                .startsWith("HTTP/1.1 414 ");
    }

    @Test
    void boundsTheHeaders() throws Exception {
        assertThat(exchange("GET /metrics HTTP/1.1\r\nHost: a\r\n"
                        + ("X-Filler: " + "a".repeat(1000) + "\r\n").repeat(9) + "\r\n"))
                .startsWith("HTTP/1.1 431 ");
    }

    @Test
    void boundsTheBody() throws Exception {
        assertThat(exchange("POST /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: "
                        + (HttpAdapter.MAX_BODY_BYTES + 1) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 413 ");
    }

    @Test
    void randomBytesNeverKeepAConnectionNorDisturbAnother() throws Exception {
        long seed = 20261121;
        Random random = new Random(seed);
        for (int i = 0; i < 50; i++) {
            byte[] bytes = new byte[1 + random.nextInt(2000)];
            random.nextBytes(bytes);
            try (Socket socket = connect(listener)) {
                socket.getOutputStream().write(bytes);
                socket.shutdownOutput();
                drain(socket);
            }
        }
        assertThat(get("/health/live").statusCode()).as("seed %d", seed).isEqualTo(200);
    }

    @Test
    void closesAConnectionThatDripsItsRequest() throws Exception {
        try (Listener impatient = bind(Meters.none(), 200);
                Socket socket = connect(impatient)) {
            socket.getOutputStream().write("GET /health/live HT".getBytes(US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void suggestsACommand() {
        assertThat(listener.adapter().tryNext(new InetSocketAddress("127.0.0.1", 8080)))
                .isEqualTo("curl http://127.0.0.1:8080/health/ready");
        assertThat(listener.adapter().tryNext(new InetSocketAddress("::1", 8080)))
                .isEqualTo("curl http://[0:0:0:0:0:0:0:1]:8080/health/ready");
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(request(listener, path).build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(Listener to, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                + to.address().getPort() + path.replace("[", "%5B").replace("]", "%5D")));
    }

    private static Socket connect(Listener to) throws IOException {
        return new Socket(to.address().getAddress(), to.address().getPort());
    }

    /** Everything the door says to these bytes until it closes. */
    private String exchange(String bytes) throws IOException {
        try (Socket socket = connect(listener)) {
            OutputStream out = socket.getOutputStream();
            out.write(bytes.getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    private static void drain(Socket socket) {
        try {
            socket.getInputStream().readAllBytes();
        } catch (IOException reset) {
            // closed with bytes of ours unread: as good as a clean close
        }
    }
}
