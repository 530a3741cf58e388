package io.polylog.camel.lint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** The text of a route file that is valid YAML and a list, cut into its entries. Immutable. */
public final class RouteFile {

    /**
     * A route of a file.
     *
     * @param id its own, or for a route without one the file's name and a number
     * @param line where it begins, from 1
     * @param content equal exactly if two routes, with all that their files say about every route, mean the same
     */
    public record Declared(String id, int line, String content) {}

    private final String name;
    private final String text;
    private final List<RouteItem> items;
    private final Map<String, Declared> routes = new LinkedHashMap<>();
    private final List<Fault> duplicates = new ArrayList<>();

    private RouteFile(String name, String text, List<RouteItem> items) {
        this.name = name;
        this.text = text;
        this.items = List.copyOf(items);
        String shared = items.stream()
                .filter(item -> !item.isRoute())
                .map(item -> item.kind() + item.content())
                .collect(Collectors.joining("\n"));
        int unnamed = 0;
        for (RouteItem item : items) {
            if (item.isRoute()) {
                Optional<ScalarNode> own = ownId(item);
                String id = own.map(ScalarNode::getValue).orElse(base(name) + "-" + ++unnamed);
                int line = own.map(Fault::line).orElse(item.line());
                Declared declared = new Declared(id, line, item.kind() + item.content() + "\n" + shared);
                Declared other = routes.putIfAbsent(id, declared);
                if (other != null) {
                    duplicates.add(new Fault(
                            name,
                            line,
                            "the route id '" + id + "' is used in line " + other.line() + " already",
                            "give each route an id of its own"));
                }
            }
        }
    }

    /** Understands the text as a list of entries, or says in {@code faults} why that cannot be. */
    public static Optional<RouteFile> parse(String name, String text, List<Fault> faults) {
        Optional<Node> root = YamlSyntax.compose(name, text, faults);
        if (root.isEmpty()) {
            return Optional.empty();
        }
        if (!(root.get() instanceof SequenceNode list)) {
            faults.add(Fault.at(
                    name, root.get(), "a route file is a list", "begin it with \"- route:\" and indent what follows"));
            return Optional.empty();
        }
        if (list.getValue().isEmpty()) {
            faults.add(Fault.at(name, list, "the list is empty", "add a \"- route:\", or delete the file"));
            return Optional.empty();
        }
        List<RouteItem> items = new ArrayList<>();
        for (Node entry : list.getValue()) {
            if (entry instanceof MappingNode mapping
                    && mapping.getValue().size() == 1
                    && mapping.getValue().get(0).getKeyNode() instanceof ScalarNode kind) {
                Node value = mapping.getValue().get(0).getValueNode();
                items.add(new RouteItem(kind.getValue(), value, Fault.line(kind), content(value)));
            } else {
                faults.add(severalKeys(name, entry));
            }
        }
        return faults.isEmpty() ? Optional.of(new RouteFile(name, text, items)) : Optional.empty();
    }

    private static Fault severalKeys(String name, Node entry) {
        if (entry instanceof MappingNode mapping && mapping.getValue().size() > 1) {
            Node second = mapping.getValue().get(1).getKeyNode();
            return Fault.at(
                    name,
                    second,
                    "'" + scalar(second) + "' stands beside '"
                            + scalar(mapping.getValue().get(0).getKeyNode())
                            + "', and an entry of the file has one key",
                    "indent it to put it inside, or begin it with \"- \" to make it an entry of its own");
        }
        return Fault.at(
                name,
                entry,
                "this entry has no key",
                "write one of " + StructureCheck.TOP_LEVEL + ", as in \"- route:\"");
    }

    private static Optional<ScalarNode> ownId(RouteItem item) {
        if (item.kind().equals("route") && item.value() instanceof MappingNode route) {
            for (NodeTuple tuple : route.getValue()) {
                if (scalar(tuple.getKeyNode()).equals("id") && tuple.getValueNode() instanceof ScalarNode id) {
                    return id.getValue().isBlank() ? Optional.empty() : Optional.of(id);
                }
            }
        }
        return Optional.empty();
    }

    private static String base(String name) {
        String file = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
        return file.replaceFirst("(\\.camel)?\\.yaml$", "");
    }

    static String scalar(Node node) {
        return node instanceof ScalarNode text ? text.getValue() : "";
    }

    /** Lengths in front keep two different trees from reading the same. */
    private static String content(Node node) {
        if (node instanceof MappingNode mapping) {
            return mapping.getValue().stream()
                    .map(tuple -> content(tuple.getKeyNode()) + "=" + content(tuple.getValueNode()))
                    .collect(Collectors.joining(",", "{", "}"));
        }
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue().stream().map(RouteFile::content).collect(Collectors.joining(",", "[", "]"));
        }
        String value = scalar(node);
        return node.getTag() + ":" + value.length() + ":" + value;
    }

    public String name() {
        return name;
    }

    public String text() {
        return text;
    }

    List<RouteItem> items() {
        return items;
    }

    /** The routes by id, in the order of the file; of several with one id the first. */
    public Map<String, Declared> routes() {
        return routes;
    }

    /** One for each route whose id an earlier one has. */
    List<Fault> duplicates() {
        return duplicates;
    }

    /** The ids of all routes in the order in which Camel makes them. */
    public List<String> ids() {
        return List.copyOf(routes.keySet());
    }

    /** The names of the beans that the file defines, with the line of each. */
    public Map<String, Integer> beans() {
        Map<String, Integer> beans = new LinkedHashMap<>();
        for (RouteItem item : items) {
            if (item.kind().equals("beans") && item.value() instanceof SequenceNode list) {
                for (Node bean : list.getValue()) {
                    if (bean instanceof MappingNode mapping) {
                        mapping.getValue().stream()
                                .filter(tuple -> scalar(tuple.getKeyNode()).equals("name"))
                                .map(NodeTuple::getValueNode)
                                .filter(ScalarNode.class::isInstance)
                                .forEach(named -> beans.put(scalar(named), Fault.line(named)));
                    }
                }
            }
        }
        return beans;
    }

    /** Equal exactly if two files define the same beans. */
    public String beansContent() {
        return items.stream()
                .filter(item -> item.kind().equals("beans"))
                .map(RouteItem::content)
                .collect(Collectors.joining("\n"));
    }
}
