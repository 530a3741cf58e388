package io.polylog.http;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a request is about.
 *
 * @param path as it was sent, without the query
 * @param segments between the slashes of the path, decoded: a slash in one was sent as {@code %2F}
 * @param query parameters, decoded
 */
record RequestTarget(String path, List<String> segments, Map<String, List<String>> query) {

    /** Parameters beyond are not looked at. */
    private static final int MAX_PARAMETERS = 32;

    /**
     * Reads a request target in origin form or, as RFC 9112 §3.2.2 asks, in absolute form; empty if it is neither, or is
     * wrongly encoded.
     */
    static Optional<RequestTarget> parse(String target) {
        try {
            if (target.startsWith("//")) {
                return Optional.empty(); // a host, as a reference; as a target it would be a path that begins so
            }
            URI uri = new URI(target);
            String path = uri.getRawPath() == null ? "" : uri.getRawPath();
            String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
            List<String> segments = new ArrayList<>();
            for (String segment : path.substring(path.startsWith("/") ? 1 : 0).split("/", -1)) {
                segments.add(new URI("/" + segment).getPath().substring(1));
            }
            QueryStringDecoder decoder = QueryStringDecoder.builder()
                    .hasPath(false)
                    .maxParams(MAX_PARAMETERS)
                    .build(query);
            return Optional.of(new RequestTarget(path.isEmpty() ? "/" : path, segments, decoder.parameters()));
        } catch (URISyntaxException | IllegalArgumentException wrong) {
            return Optional.empty();
        }
    }

    /** The last value of a parameter. */
    Optional<String> parameter(String name) {
        List<String> values = query.getOrDefault(name, List.of());
        return values.isEmpty() ? Optional.empty() : Optional.of(values.get(values.size() - 1));
    }
}
