package io.polylog.server;

import io.polylog.config.Settings;
import io.polylog.net.Listener;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A gateway with all its doors on free ports, as it would run in a process of its own, and what its metrics say. */
final class ScrapedNode implements AutoCloseable {

    private final Node node;
    private final Map<String, Integer> ports;
    private final HttpClient http = HttpClient.newHttpClient();

    private ScrapedNode(Node node) {
        this.node = node;
        this.ports = node.listeners().stream()
                .collect(Collectors.toMap(
                        Listener::protocol, listener -> listener.address().getPort()));
    }

    /**
     * @param settings beside the directory and the ports
     */
    static ScrapedNode start(Path directory, Map<String, String> settings) throws StartFailedException {
        Map<String, String> all = new TreeMap<>(settings);
        all.put("data-dir", directory.toString());
        List.of("kafka", "amqp", "mqtt", "http").forEach(door -> all.put(door + ".port", "0"));
        return new ScrapedNode(Node.start(Settings.of(all), Protocols.discover()));
    }

    int port(String protocol) {
        return ports.get(protocol);
    }

    /** Settings for a client of Kafka's. */
    Map<String, Object> kafka(Map<String, Object> more) {
        Map<String, Object> settings = new TreeMap<>(more);
        settings.put("bootstrap.servers", "127.0.0.1:" + port("kafka"));
        return settings;
    }

    Scrape scrape() {
        return Scrape.of(http, port("http"));
    }

    @Override
    public void close() {
        node.close();
    }
}
