package io.polylog.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.testkit.GatewayExtension;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Java's HTTP client. */
final class HttpCanceller implements Canceller {

    private final HttpClient client = HttpClient.newHttpClient();
    private final String address;

    HttpCanceller(GatewayExtension gateway) {
        address = gateway.address("http");
    }

    @Override
    public void cancel(String topic, String id) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + "/schedules/" + topic + "/" + id))
                .DELETE()
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    @Override
    public void close() {}
}
