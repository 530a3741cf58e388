package io.polylog.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Asks a running gateway through its HTTP door. One thread. */
final class GatewayClient {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final URI gateway;
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
        HttpResponse<String> response;
        try {
            HttpRequest request = HttpRequest.newBuilder(gateway.resolve("/" + name))
                    .timeout(PATIENCE)
                    .build();
            response = client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException | IllegalArgumentException unreachable) {
            throw new IOException(
                    "no gateway answers at " + gateway
                            + "; start one with \"polylog start\", or say with --url http://HOST:PORT where it is",
                    unreachable);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
        if (response.statusCode() == 404) {
            throw new IOException("the gateway at " + gateway + " knows no " + name + " yet; try again when it is up");
        }
        if (response.statusCode() != 200) {
            throw new IOException("the gateway at " + gateway + " answered " + response.statusCode() + ": "
                    + response.body().strip());
        }
        try {
            return JsonMapper.builder().build().readValue(response.body(), new TypeReference<>() {});
        } catch (JsonProcessingException foreign) {
            throw new IOException("what answers at " + gateway + " is no Polylog gateway", foreign);
        }
    }
}
