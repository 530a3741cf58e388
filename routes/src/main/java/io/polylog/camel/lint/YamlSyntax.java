package io.polylog.camel.lint;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** Text to a tree of nodes that know their lines, or a sentence about why it is no YAML. */
final class YamlSyntax {

    /** Blocks inside blocks; a route of any sense has far fewer. */
    private static final int MAX_DEPTH = 100;

    private YamlSyntax() {}

    static Optional<Node> compose(String name, String text, List<Fault> faults) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(name)
                .setCodePointLimit(Math.max(1, text.length()))
                .build();
        try {
            // The events come first since they need no stack, however deep the file is nested.
            Optional<Fault> refused = refused(name, new Parse(settings).parseString(text));
            if (refused.isPresent()) {
                faults.add(refused.get());
                return Optional.empty();
            }
            Optional<Node> root = new Compose(settings).composeString(text);
            if (root.isEmpty()) {
                faults.add(new Fault(name, 1, "the file is empty", "add a \"- route:\", or delete the file"));
            }
            return root;
        } catch (MarkedYamlEngineException malformed) {
            faults.add(fault(name, text, malformed));
        } catch (YamlEngineException malformed) {
            faults.add(new Fault(
                    name, 1, "this is not YAML: " + oneLine(malformed.getMessage()), "save the file as UTF-8 text"));
        }
        return Optional.empty();
    }

    private static Optional<Fault> refused(String name, Iterable<Event> events) {
        int depth = 0;
        int documents = 0;
        for (Event event : events) {
            int line = event.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
            switch (event.getEventId()) {
                case MappingStart, SequenceStart -> depth++;
                case MappingEnd, SequenceEnd -> depth--;
                case DocumentStart -> documents++;
                case Alias -> {
                    return Optional.of(new Fault(
                            name,
                            line,
                            "aliases such as *" + ((AliasEvent) event).getAlias() + " are not supported",
                            "write out what it stands for"));
                }
                case Scalar, Comment, DocumentEnd, StreamStart, StreamEnd -> {}
            }
            if (depth > MAX_DEPTH) {
                return Optional.of(new Fault(
                        name, line, "blocks are nested deeper than " + MAX_DEPTH + " levels", "use fewer levels"));
            }
            if (documents > 1) {
                return Optional.of(new Fault(
                        name, line, "a second YAML document begins here", "remove the line ---, or use two files"));
            }
        }
        return Optional.empty();
    }

    private static Fault fault(String name, String text, MarkedYamlEngineException malformed) {
        String context = malformed.getContext() == null ? "" : malformed.getContext();
        String problem = String.valueOf(malformed.getProblem());
        int at = line(malformed.getProblemMark().orElse(null));
        int opened = malformed.getContextMark().map(YamlSyntax::line).orElse(at);
        if (problem.contains("TAB") || line(text, at).matches("\\s*\\t.*")) {
            return new Fault(name, at, "a tab is used as indentation", "indent with spaces");
        }
        if (context.contains("quoted scalar")) {
            return new Fault(
                    name, opened, "the quote that begins here is not closed", "end the text with the same quote");
        }
        if (problem.contains("<stream end>") && context.contains("flow")) {
            return new Fault(name, opened, "the [ or { before here is not closed", "put ] or } after its last entry");
        }
        if (context.contains("flow sequence")) {
            return new Fault(
                    name,
                    opened,
                    "the list that begins with [ here is not closed",
                    "put a comma between its entries and ] after the last");
        }
        if (context.contains("flow mapping")) {
            return new Fault(
                    name,
                    opened,
                    "the block that begins with { here is not closed",
                    "put a comma between its entries and } after the last, and quotes around text with , or }");
        }
        if (problem.contains("mapping values are not allowed")) {
            return new Fault(
                    name,
                    at,
                    "a key cannot stand here",
                    "put quotes around text that holds a colon and a space, or indent the line like its neighbours");
        }
        if (problem.contains("expected <block end>") || problem.contains("did not find expected")) {
            return new Fault(
                    name,
                    at,
                    "this line fits neither the block above it nor an outer one",
                    "indent it like the other entries of its block, and begin each entry of a list with \"- \"");
        }
        if (problem.contains("could not find expected ':'")) {
            return new Fault(name, opened, "this line has no colon", "write \"key: value\"");
        }
        return new Fault(
                name,
                at,
                "this is not YAML: " + oneLine((context + " " + problem).strip()),
                "look at the quotes, colons and indentation of this line");
    }

    private static int line(@Nullable Mark mark) {
        return mark == null ? 1 : mark.getLine() + 1;
    }

    private static String line(String text, int number) {
        return text.lines().skip(number - 1L).findFirst().orElse("");
    }

    private static String oneLine(@Nullable String text) {
        return text == null ? "no reason is known" : text.strip().replaceAll("\\s+", " ");
    }
}
