package io.polylog.camel.lint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What may stand at one place of a route file, all alternatives taken together.
 *
 * @param types JSON types that are possible
 * @param properties what each key may hold
 * @param required keys that must be there
 * @param choices the words that are possible, or none if any are
 * @param items what an entry of the list may be
 * @param oneKey whether only one key may be there
 */
record Shape(
        Set<String> types,
        Map<String, JsonNode> properties,
        Set<String> required,
        List<String> choices,
        @Nullable JsonNode items,
        boolean oneKey) {

    static Shape of(JsonNode schema, UnaryOperator<JsonNode> resolve) {
        Builder builder = new Builder(resolve);
        builder.add(schema, true);
        return new Shape(
                builder.types, builder.properties, builder.required, builder.choices, builder.items, builder.oneKey);
    }

    boolean isObject() {
        return types.contains("object");
    }

    boolean isList() {
        return items != null;
    }

    boolean isScalar() {
        return types.contains("string") || types.contains("number") || types.contains("boolean");
    }

    /** Whether any key may be there. */
    boolean isOpen() {
        return isObject() && properties.isEmpty();
    }

    private static final class Builder {

        private final UnaryOperator<JsonNode> resolve;
        private final Set<String> types = new LinkedHashSet<>();
        private final Map<String, JsonNode> properties = new LinkedHashMap<>();
        private final Set<String> required = new LinkedHashSet<>();
        private final List<String> choices = new ArrayList<>();
        private @Nullable JsonNode items;
        private boolean oneKey;

        Builder(UnaryOperator<JsonNode> resolve) {
            this.resolve = resolve;
        }

        private void add(JsonNode unresolved, boolean always) {
            JsonNode schema = resolve.apply(unresolved);
            if (schema.has("type")) {
                String type = schema.get("type").asText();
                types.add(type.equals("integer") ? "number" : type);
            }
            if (schema.has("properties")) {
                types.add("object");
                schema.get("properties").properties().forEach(property -> {
                    JsonNode other = properties.putIfAbsent(property.getKey(), property.getValue());
                    if (other != null && other.size() < property.getValue().size()) {
                        properties.put(property.getKey(), property.getValue()); // the other only forbids or repeats it
                    }
                });
            }
            if (always) {
                schema.path("required").forEach(key -> required.add(key.asText()));
            }
            schema.path("enum").forEach(choice -> choices.add(choice.asText()));
            if (schema.has("items")) {
                items = schema.get("items");
            }
            oneKey |= schema.path("maxProperties").asInt(0) == 1;
            for (String alternatives : List.of("oneOf", "anyOf")) {
                schema.path(alternatives).forEach(alternative -> {
                    if (!alternative.has("not")) {
                        add(alternative, false);
                    }
                });
            }
        }
    }
}
