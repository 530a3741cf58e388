package io.polylog.http.metrics;

import java.util.List;

/**
 * What tells one meter from another.
 *
 * @param tags names and values in turn
 */
record MeterId(String name, List<String> tags) {

    MeterId {
        if (tags.size() % 2 != 0) {
            throw new IllegalArgumentException(name + " has a tag without a value: " + tags);
        }
    }
}
