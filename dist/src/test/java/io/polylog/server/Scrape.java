package io.polylog.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code /metrics} of a gateway answers at one moment. */
final class Scrape {

    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
    private static final Pattern SAMPLE = Pattern.compile("([a-z_]+(?:\\{[^}]*})?) (\\S+)");

    private final Map<String, String> types = new TreeMap<>();
    private final Map<String, Double> values = new TreeMap<>();

    private Scrape(String text) {
        text.lines().forEach(line -> {
            Matcher type = TYPE.matcher(line);
            Matcher sample = SAMPLE.matcher(line);
            if (type.matches()) {
                types.put(type.group(1), type.group(2));
            } else if (sample.matches()) {
                values.put(sample.group(1).replace("\"", ""), Double.valueOf(sample.group(2)));
            }
        });
    }

    static Scrape of(HttpClient client, int httpPort) {
        URI metrics = URI.create("http://127.0.0.1:" + httpPort + "/metrics");
        try {
            HttpResponse<String> response =
                    client.send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(200);
            return new Scrape(response.body());
        } catch (IOException | InterruptedException failure) {
            throw new AssertionError(failure);
        }
    }

    /** The gateway's own metrics, with their types. */
    Map<String, String> types() {
        Map<String, String> own = new TreeMap<>(types);
        own.keySet().removeIf(name -> !name.startsWith("polylog_"));
        return own;
    }

    /** By name and labels, such as {@code polylog_connections{protocol=kafka}}. */
    Map<String, Double> values() {
        return values;
    }

    double value(String nameAndLabels) {
        return values.getOrDefault(nameAndLabels, Double.NaN);
    }
}
