package io.polylog.camel.lint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Walks one file along the schema: keys that nobody knows, keys that are missing, text where a list belongs. On the way
 * it picks up the endpoints and expressions, whose inside the schema does not know.
 */
final class StructureCheck {

    /** What a file may hold; templates and REST services have no place in a gateway's routes. */
    static final List<String> TOP_LEVEL = List.of(
            "route",
            "from",
            "beans",
            "errorHandler",
            "onException",
            "onCompletion",
            "intercept",
            "interceptFrom",
            "interceptSendToEndpoint",
            "routeConfiguration");

    static final Set<String> ENDPOINT_KEYS = Set.of("from", "to", "toD", "wireTap", "poll", "deadLetterChannel");

    private final Schema schema;
    private final RouteFile file;
    private final List<Fault> faults;
    private final Deque<String> path = new ArrayDeque<>();
    private final List<EndpointUse> endpoints = new ArrayList<>();
    private final List<ExpressionUse> expressions = new ArrayList<>();

    private StructureCheck(Schema schema, RouteFile file, List<Fault> faults) {
        this.schema = schema;
        this.file = file;
        this.faults = faults;
    }

    /** Adds to {@code faults} what is wrong; the walk is worth following up only if there is nothing. */
    static StructureCheck run(Schema schema, RouteFile file, List<Fault> faults) {
        StructureCheck check = new StructureCheck(schema, file, faults);
        file.items().forEach(check::entry);
        return check;
    }

    List<EndpointUse> endpoints() {
        return endpoints;
    }

    List<ExpressionUse> expressions() {
        return expressions;
    }

    private void entry(RouteItem item) {
        if (!TOP_LEVEL.contains(item.kind())) {
            fault(
                    item.line(),
                    schema.entry().properties().containsKey(item.kind())
                            ? "'" + item.kind() + "' is not supported in the files of this gateway"
                            : "a file knows no '" + item.kind() + "'",
                    schema.steps().contains(item.kind())
                            ? "move it into the steps: of a route"
                            : Advice.instead(item.kind(), TOP_LEVEL));
            return;
        }
        JsonNode entry = schema.entry().properties().get(item.kind());
        if (entry != null) {
            path.push(item.kind());
            walk(item.kind(), item.value(), item.line(), entry);
            path.pop();
        }
    }

    /**
     * @param line of the key, since an empty value has none of its own
     */
    private void walk(String key, Node node, int line, JsonNode definition) {
        Shape shape = schema.shape(definition);
        if (node instanceof MappingNode mapping) {
            if (!shape.isObject()) {
                fault(
                        line,
                        "'" + key + "' takes " + Advice.expected(shape) + ", not a block of keys",
                        Advice.example(key, shape));
            } else {
                mapping(key, mapping, line, shape);
            }
        } else if (node instanceof SequenceNode sequence) {
            if (shape.items() == null) {
                if (!shape.isOpen()) {
                    fault(
                            line,
                            "'" + key + "' takes " + Advice.expected(shape) + ", not a list",
                            Advice.example(key, shape));
                }
            } else {
                for (Node item : sequence.getValue()) {
                    walk(key, item, Fault.line(item), shape.items());
                }
            }
        } else if (node instanceof ScalarNode scalar) {
            scalar(key, scalar, line, shape);
        }
    }

    private void mapping(String key, MappingNode mapping, int line, Shape shape) {
        Set<String> seen = new HashSet<>();
        for (NodeTuple tuple : mapping.getValue()) {
            String name = RouteFile.scalar(tuple.getKeyNode());
            int at = Fault.line(tuple.getKeyNode());
            if (!seen.add(name)) {
                fault(at, "'" + name + "' is here twice", "remove one of the two");
            } else if (shape.oneKey() && seen.size() > 1) {
                fault(at, "'" + name + "' stands beside another step", "begin each step with \"- \"");
            } else if (!shape.isOpen()) {
                JsonNode definition = shape.properties().get(name);
                if (definition == null) {
                    fault(
                            at,
                            shape.oneKey()
                                    ? "there is no step '" + name + "'"
                                    : "'" + key + "' knows no '" + name + "'",
                            Advice.place(key, name, shape, schema.steps()));
                } else {
                    expression(name, tuple.getValueNode(), at, definition);
                    path.push(name);
                    walk(name, tuple.getValueNode(), at, definition);
                    path.pop();
                }
            }
        }
        for (String needed : shape.required()) {
            if (!seen.contains(needed) && shape.properties().containsKey(needed)) {
                fault(line, "'" + key + "' has no '" + needed + "'", "add " + Advice.sample(needed) + " inside it");
            }
        }
        endpoint(key, mapping, line);
    }

    private void scalar(String key, ScalarNode scalar, int line, Shape shape) {
        String value = scalar.getValue();
        if (value.isEmpty() && !shape.isScalar()) {
            if (shape.isList() || !shape.required().isEmpty()) {
                fault(line, "'" + key + "' is empty", Advice.example(key, shape));
            }
            return;
        }
        if (!shape.isScalar()) {
            if (!shape.types().isEmpty()) {
                String oneKey = shape.oneKey() && shape.properties().containsKey(value)
                        ? "write \"" + value + ": {}\""
                        : Advice.example(key, shape);
                fault(
                        line,
                        "'" + key + "' takes " + Advice.expected(shape) + ", not the text '" + Advice.brief(value)
                                + "'",
                        oneKey);
            }
            return;
        }
        boolean open = shape.types().contains("string") || value.contains("{{") || value.startsWith("#");
        if (!open && shape.types().contains("boolean") && !value.matches("true|false")) {
            fault(line, "'" + key + "' is true or false, not '" + Advice.brief(value) + "'", "write " + key + ": true");
        } else if (!open && shape.types().contains("number") && !value.matches("-?\\d+(\\.\\d+)?")) {
            fault(
                    line,
                    "'" + key + "' is a number, not '" + Advice.brief(value) + "'",
                    "write " + key + ": 1, for example");
        } else if (!shape.choices().isEmpty()
                && !value.contains("{{")
                && !shape.choices().contains(value)) {
            fault(
                    line,
                    "'" + key + "' cannot be '" + Advice.brief(value) + "'",
                    Advice.instead(value, shape.choices()));
        }
        if (key.equals("to") || key.equals("toD") || key.equals("log")) {
            text(key, scalar, line);
        }
    }

    /** The short forms of steps. */
    private void text(String key, ScalarNode scalar, int line) {
        if (key.equals("log")) {
            expressions.add(new ExpressionUse("simple", scalar.getValue(), false, line));
        } else {
            endpoints.add(new EndpointUse(key, scalar.getValue(), line, List.of()));
        }
    }

    private void endpoint(String key, MappingNode mapping, int line) {
        if (key.equals("log")) {
            value(mapping, "message").ifPresent(message -> text(key, message, Fault.line(message)));
        }
        if (!ENDPOINT_KEYS.contains(key)) {
            return;
        }
        Optional<ScalarNode> uri = value(mapping, key.equals("deadLetterChannel") ? "deadLetterUri" : "uri");
        if (uri.isEmpty()) {
            return; // required ones have been missed already
        }
        List<EndpointUse.Parameter> parameters = new ArrayList<>();
        for (NodeTuple tuple : mapping.getValue()) {
            if (RouteFile.scalar(tuple.getKeyNode()).equals("parameters")
                    && tuple.getValueNode() instanceof MappingNode options) {
                for (NodeTuple option : options.getValue()) {
                    parameters.add(new EndpointUse.Parameter(
                            RouteFile.scalar(option.getKeyNode()),
                            RouteFile.scalar(option.getValueNode()),
                            Fault.line(option.getKeyNode())));
                }
            }
        }
        endpoints.add(new EndpointUse(key, uri.get().getValue(), Math.max(line, Fault.line(uri.get())), parameters));
    }

    private void expression(String name, Node value, int line, JsonNode definition) {
        String reference = definition.path("$ref").asText();
        if (!reference.contains(".language.") || !reference.endsWith("Expression")) {
            return;
        }
        Optional<ScalarNode> text = value instanceof ScalarNode scalar
                ? Optional.of(scalar)
                : value instanceof MappingNode mapping ? value(mapping, "expression") : Optional.empty();
        text.ifPresent(found -> expressions.add(new ExpressionUse(name, found.getValue(), isPredicate(), line)));
    }

    /** Whether what encloses the expression asks for yes or no. */
    private boolean isPredicate() {
        for (String enclosing : path) {
            switch (enclosing) {
                case "expression" -> {}
                case "filter",
                        "when",
                        "validate",
                        "handled",
                        "continued",
                        "retryWhile",
                        "onWhen",
                        "completionPredicate" -> {
                    return true;
                }
                default -> {
                    return false;
                }
            }
        }
        return false;
    }

    private static Optional<ScalarNode> value(MappingNode mapping, String key) {
        for (NodeTuple tuple : mapping.getValue()) {
            if (RouteFile.scalar(tuple.getKeyNode()).equals(key) && tuple.getValueNode() instanceof ScalarNode value) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }

    private void fault(int line, String problem, String remedy) {
        faults.add(new Fault(file.name(), line, problem, remedy));
    }
}
