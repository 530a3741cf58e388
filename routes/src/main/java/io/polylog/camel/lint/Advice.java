package io.polylog.camel.lint;

import io.polylog.config.NearestName;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What to write instead, in the words of somebody who has the file open. Stateless. */
final class Advice {

    /** How many choices a message names before it stops. */
    private static final int MAX_NAMED = 12;

    /** How much of a text is quoted, in characters. */
    private static final int MAX_QUOTED = 40;

    private Advice() {}

    /**
     * Where a key belongs that {@code block} does not know, or what was meant by it.
     *
     * @param steps the names of all steps
     */
    static String place(String block, String name, Shape shape, Set<String> steps) {
        if (block.equals("route") && (name.equals("steps") || name.equals("uri") || name.equals("parameters"))) {
            return "indent it to put it inside from:";
        }
        if (steps.contains(name) && shape.properties().containsKey("steps")) {
            return "write steps: below '" + block + "' and \"- " + name + ":\" inside it";
        }
        if (StructureCheck.ENDPOINT_KEYS.contains(block)
                && shape.properties().containsKey("parameters")
                && NearestName.of(name, shape.properties().keySet()).isEmpty()) {
            return "options of an endpoint stand inside parameters:";
        }
        return instead(name, shape.properties().keySet());
    }

    /** What somebody probably meant, or what there is. */
    static String instead(String written, Collection<String> known) {
        Optional<String> exact = known.stream()
                .filter(name -> name.equalsIgnoreCase(written.replace("-", "")))
                .findFirst();
        return exact.or(() -> NearestName.of(written, known))
                .map(name -> "write " + name)
                .orElseGet(() -> {
                    List<String> some = known.stream().sorted().limit(MAX_NAMED).toList();
                    return "it is one of " + String.join(", ", some)
                            + (known.size() > some.size() ? " and others" : "");
                });
    }

    /** What kind of thing may stand at a place. */
    static String expected(Shape shape) {
        if (shape.isList()) {
            return "a list";
        }
        if (shape.isScalar()) {
            return "text";
        }
        return "a block of keys";
    }

    /** How the value of a key is written. */
    static String example(String key, Shape shape) {
        if (shape.isList()) {
            return "write \"" + key + ":\" and below it entries that begin with \"- \"";
        }
        if (shape.isScalar()) {
            return "write \"" + key + ": text\" in one line";
        }
        String inner = shape.required().stream()
                .findFirst()
                .or(() -> shape.properties().keySet().stream().findFirst())
                .orElse("name");
        return "write \"" + key + ":\" and below it, indented, keys such as " + sample(inner);
    }

    /** A key as one would write it. */
    static String sample(String key) {
        return switch (key) {
            case "from" -> "\"from:\" with a uri: and steps:";
            case "uri" -> "\"uri: polylog:TOPIC\"";
            case "steps" -> "\"steps:\" and below it steps such as \"- to: polylog:TOPIC\"";
            default -> "\"" + key + ":\"";
        };
    }

    /** The beginning of a text. */
    static String brief(String text) {
        return text.length() <= MAX_QUOTED ? text : text.substring(0, MAX_QUOTED) + "...";
    }
}
