package io.polylog.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.polylog.broker.Topic;
import io.polylog.broker.TopicSpec;
import io.polylog.disk.Disk;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.testkit.TestGateway;
import io.polylog.testkit.VirtualClock;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Waiting messages that a stock HTTP client lists and cancels. */
class SchedulesOverHttpTest {

    private static final long START_MS = 1_800_000_000_000L;

    @TempDir
    Path directory;

    private final VirtualClock clock = new VirtualClock(START_MS);
    private final HttpClient client = HttpClient.newHttpClient();
    private TestGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = TestGateway.start(directory, Map.of(), Disk.system(), clock, new HttpAdapterFactory());
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
    }

    @Test
    void listsWhatWaitsInPages() throws Exception {
        Topic orders = create("orders", 3);
        Topic pings = create("pings", 1);
        create("quiet", 1);
        for (int i = 0; i < 25; i++) {
            schedule(orders, "k" + i, "polylog-delay", "15m", "polylog-schedule-id", "a/" + i);
        }
        schedule(pings, "p", "polylog-schedule", "@every 1m", "polylog-schedule-id", "tick");

        JsonNode all = get("/schedules", 200);
        assertThat(all.get("schedules")).hasSize(26);
        assertThat(all.has("next")).isFalse();
        JsonNode first = all.get("schedules").get(0);
        assertThat(first.get("topic").textValue()).isEqualTo("orders");
        assertThat(first.get("due").textValue()).isEqualTo("2027-01-15T08:15:00Z");
        assertThat(first.get("bytes").intValue()).isEqualTo(1);
        assertThat(first.has("schedule")).isFalse();
        JsonNode last = all.get("schedules").get(25);
        assertThat(last.get("schedule").textValue()).isEqualTo("@every 1m");
        assertThat(last.get("key").textValue()).isEqualTo("p");

        List<String> paged = new ArrayList<>();
        String after = "";
        while (after != null) {
            JsonNode page = get("/schedules?limit=4" + after, 200);
            page.get("schedules").forEach(row -> paged.add(row.get("id").textValue()));
            after = page.has("next")
                    ? "&after=" + java.net.URLEncoder.encode(page.get("next").textValue(), UTF_8)
                    : null;
        }
        List<String> ids = new ArrayList<>();
        all.get("schedules").forEach(row -> ids.add(row.get("id").textValue()));
        assertThat(paged).isEqualTo(ids).doesNotHaveDuplicates();

        assertThat(get("/schedules/pings", 200).get("schedules")).hasSize(1);
        assertThat(get("/schedules/quiet", 200).get("schedules")).isEmpty();
        for (String wrong : List.of("limit=0", "limit=-1", "limit=many", "after=orders", "after=orders/x/y")) {
            assertThat(send("GET", "/schedules?" + wrong).statusCode())
                    .as(wrong)
                    .isEqualTo(400);
        }
        assertThat(send("GET", "/schedules/nothing").statusCode()).isEqualTo(404);
    }

    @Test
    void cancelsAndSaysWhenThereIsNothingToCancel() throws Exception {
        Topic orders = create("orders", 3);
        schedule(orders, "k", "polylog-delay", "1m", "polylog-schedule-id", "eu/42 ä+");
        schedule(orders, "k", "polylog-delay", "1m", "polylog-schedule-id", "late");

        HttpResponse<String> cancelled = send("DELETE", "/schedules/orders/eu%2F42%20%C3%A4+");
        assertThat(cancelled.statusCode()).isEqualTo(200);
        assertThat(cancelled.body()).isEqualTo("{\"answer\":\"cancelled\"}");
        assertThat(gateway.context().schedules().count()).isEqualTo(1);
        clock.advance(Duration.ofMinutes(1));
        Awaitility.await().until(() -> gateway.context().schedules().count() == 0);
        HttpResponse<String> late = send("DELETE", "/schedules/orders/late");
        assertThat(late.statusCode()).isEqualTo(409);
        assertThat(late.body()).isEqualTo("{\"answer\":\"too late\"}");
        HttpResponse<String> never = send("DELETE", "/schedules/orders/never");
        assertThat(never.statusCode()).isEqualTo(404);
        assertThat(never.body()).isEqualTo("{\"answer\":\"not found\"}");
        assertThat(send("DELETE", "/schedules/nothing/x").statusCode()).isEqualTo(404);
    }

    @Test
    void allowsNothingElse() throws Exception {
        assertThat(send("POST", "/schedules").statusCode()).isEqualTo(405);
        HttpResponse<String> read = send("GET", "/schedules/orders/x");
        assertThat(read.statusCode()).isEqualTo(405);
        assertThat(read.headers().firstValue("allow")).hasValue("DELETE");
        assertThat(send("GET", "/schedules/orders/x/y").statusCode()).isEqualTo(404);
        assertThat(send("DELETE", "/health/live").headers().firstValue("allow")).hasValue("GET, HEAD");
    }

    private Topic create(String name, int partitions) {
        return gateway.context()
                .topics()
                .create(new TopicSpec(name, partitions, Map.of()))
                .toCompletableFuture()
                .join();
    }

    private void schedule(Topic topic, String key, String... headers) {
        Headers.Builder all = Headers.builder();
        for (int i = 0; i < headers.length; i += 2) {
            all.text(headers[i], headers[i + 1]);
        }
        gateway.context()
                .publisher()
                .publish(topic, new Record(key.getBytes(UTF_8), new byte[1], START_MS, all.build()))
                .toCompletableFuture()
                .join();
    }

    private JsonNode get(String path, int status) throws Exception {
        HttpResponse<String> response = send("GET", path);
        assertThat(response.statusCode()).isEqualTo(status);
        return JsonMapper.builder().build().readTree(response.body());
    }

    private HttpResponse<String> send(String method, String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + gateway.port("http") + path))
                        .method(method, BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }
}
