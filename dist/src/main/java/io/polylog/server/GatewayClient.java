package io.polylog.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks a running gateway through its HTTP door. One thread. */
final class GatewayClient {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private final URI gateway;
    private final JsonMapper json = JsonMapper.builder().build();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();

    /**
     * @param gateway such as {@code http://127.0.0.1:8080}
     */
    GatewayClient(URI gateway) {
        this.gateway = gateway;
    }

    /**
     * The rows of a report.
     *
     * @throws IOException with a sentence for the user
     */
    List<Map<String, String>> report(String name) throws IOException {
        HttpResponse<String> response = send("GET", "/" + name);
        if (response.statusCode() == NOT_FOUND) {
            throw new IOException("the gateway at " + gateway + " knows no " + name + " yet; try again when it is up");
        }
        if (response.statusCode() != OK) {
            throw unexpected(response);
        }
        try {
            return json.readValue(response.body(), new TypeReference<>() {});
        } catch (JsonProcessingException foreign) {
            throw foreign(foreign);
        }
    }

    /**
     * One page of what waits for its time, as the door describes it.
     *
     * @param after what an earlier page said under {@code next}
     * @throws IOException with a sentence for the user
     */
    JsonNode schedules(Optional<String> topic, Optional<String> after, int limit) throws IOException {
        String path = "/schedules" + topic.map(name -> "/" + encoded(name)).orElse("") + "?limit=" + limit
                + after.map(place -> "&after=" + encoded(place)).orElse("");
        HttpResponse<String> response = send("GET", path);
        if (response.statusCode() != OK) {
            throw unexpected(response);
        }
        return tree(response);
    }

    /**
     * Takes back what waits for a topic under an id.
     *
     * @return {@code cancelled}, or why it was not
     * @throws IOException with a sentence for the user
     */
    String cancel(String topic, String id) throws IOException {
        HttpResponse<String> response = send("DELETE", "/schedules/" + encoded(topic) + "/" + encoded(id));
        return switch (response.statusCode()) {
            case OK -> "cancelled";
            case CONFLICT -> "too late: it has entered topic " + topic + " already";
            case NOT_FOUND -> "nothing of that id waits for topic " + topic;
            default -> throw unexpected(response);
        };
    }

    private HttpResponse<String> send(String method, String path) throws IOException {
        try {
            HttpRequest request = HttpRequest.newBuilder(gateway.resolve(path))
                    .timeout(PATIENCE)
                    .method(method, HttpRequest.BodyPublishers.noBody())
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException | IllegalArgumentException unreachable) {
            throw new IOException(
                    "no gateway answers at " + gateway
                            + "; start one with \"polylog start\", or say with --url http://HOST:PORT where it is",
                    unreachable);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    private JsonNode tree(HttpResponse<String> response) throws IOException {
        try {
            return json.readTree(response.body());
        } catch (JsonProcessingException foreign) {
            throw foreign(foreign);
        }
    }

    private IOException unexpected(HttpResponse<String> response) {
        return new IOException("the gateway at " + gateway + " answered " + response.statusCode() + ": "
                + response.body().strip());
    }

    private IOException foreign(JsonProcessingException cause) {
        return new IOException("what answers at " + gateway + " is no Polylog gateway", cause);
    }

    /** One segment of a path, or a value of a query (RFC 3986 §2.1). */
    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }
}
