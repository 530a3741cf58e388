package io.polylog.camel.lint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * The words of Camel's YAML, from the JSON schema that Camel ships. Only what the schema uses is understood: references,
 * alternatives, properties, lists and plain types.
 */
final class Schema {

    private static final String RESOURCE = "/schema/camelYamlDsl.json";
    private static final String STEP = "#/items/definitions/org.apache.camel.model.ProcessorDefinition";

    private final JsonNode root;
    private final IdentityHashMap<JsonNode, Shape> shapes = new IdentityHashMap<>();

    private Schema(JsonNode root) {
        this.root = root;
    }

    /** Reads the schema, about a megabyte. */
    static Schema load() {
        try (InputStream in = Schema.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is not on the class path");
            }
            return new Schema(JsonMapper.builder().build().readTree(in));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** What an entry of a file may be. */
    Shape entry() {
        return shape(root.path("items"));
    }

    /** The names of all steps. */
    Set<String> steps() {
        return shape(root.at(STEP.substring(1))).properties().keySet();
    }

    Shape shape(JsonNode schema) {
        Shape known = shapes.get(schema);
        if (known == null) {
            known = Shape.of(schema, this::resolved);
            shapes.put(schema, known);
        }
        return known;
    }

    private JsonNode resolved(JsonNode schema) {
        JsonNode found = schema;
        while (found.has("$ref")) {
            found = root.at(found.get("$ref").asText().substring(1));
        }
        return found;
    }
}
