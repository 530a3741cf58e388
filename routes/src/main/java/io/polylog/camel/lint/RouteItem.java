package io.polylog.camel.lint;

import org.snakeyaml.engine.v2.nodes.Node;

/**
 * One entry of the list that a route file is.
 *
 * @param kind its only key, such as {@code route} or {@code onException}
 * @param value what the key holds
 * @param line where it begins, from 1
 * @param content what it says, without comments and layout: equal exactly if two entries mean the same
 */
record RouteItem(String kind, Node value, int line, String content) {

    boolean isRoute() {
        return kind.equals("route") || kind.equals("from");
    }
}
