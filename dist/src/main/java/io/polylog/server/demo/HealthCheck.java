package io.polylog.server.demo;

import io.polylog.server.endpoint.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** What any probe or load balancer would ask. */
final class HealthCheck {

    static final String PATH = "/health/ready";

    private static final int PATIENCE_MS = 10_000;
    private static final int MAX_ANSWER_BYTES = 4_096;

    private HealthCheck() {}

    /** The answer's status and text. */
    static String ready(Endpoint http) throws StepFailedException {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    URI.create("http://" + http + PATH).toURL().openConnection();
            connection.setConnectTimeout(PATIENCE_MS);
            connection.setReadTimeout(PATIENCE_MS);
            int status = connection.getResponseCode();
            if (status != HttpURLConnection.HTTP_OK) {
                throw new StepFailedException("http://" + http + PATH + " answered " + status + " instead of 200");
            }
            try (InputStream body = connection.getInputStream()) {
                return status + " " + new String(body.readNBytes(MAX_ANSWER_BYTES), StandardCharsets.UTF_8).strip();
            }
        } catch (IOException failure) {
            throw new StepFailedException("http://" + http + PATH + " could not be read", failure);
        }
    }
}
