package io.polylog.server.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import javax.net.ssl.SSLContext;

/** The JDK's HTTP client, which asks whether the gateway is well. */
final class HttpNeighbour implements Neighbour {

    private final HttpClient client;
    private final HttpRequest health;

    /**
     * @param root of the gateway's paths
     * @param trust for https
     */
    HttpNeighbour(String root, SSLContext trust) {
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(trust)
                .build();
        health = HttpRequest.newBuilder(URI.create(root + "/health/ready"))
                .timeout(Duration.ofSeconds(20))
                .build();
    }

    @Override
    public void roundTrip(String text) throws Exception {
        assertThat(client.send(health, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }

    @Override
    public void close() {
        // its connections end with the test's process
    }
}
