package io.polylog.camel.lint;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An endpoint where a file names it.
 *
 * @param role the key: {@code from}, {@code to} and the like
 * @param uri as written, with or without options
 * @param line from 1
 * @param parameters the options beside it
 */
record EndpointUse(String role, String uri, int line, List<Parameter> parameters) {

    record Parameter(String name, String value, int line) {}

    String scheme() {
        int end = 0;
        while (end < uri.length() && uri.charAt(end) != ':' && uri.charAt(end) != '?') {
            end++;
        }
        return uri.substring(0, end);
    }

    /** Whether it is known only when a message comes. */
    boolean isDynamic() {
        return uri.contains("${") || role.equals("toD");
    }

    Map<String, Object> parameterMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        parameters.forEach(parameter -> map.put(parameter.name(), parameter.value()));
        return map;
    }
}
