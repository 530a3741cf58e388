package io.polylog.server.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads one YAML file as dotted keys with texts.
 *
 * <p>It walks the parser's events, so nothing is constructed from the file: aliases are refused where they stand, tags
 * mean nothing, depth and size are bounded, and every value keeps its line. Values stay the text that was written; what
 * they mean is for their {@link io.polylog.config.ConfigKey} to say.
 */
final class YamlSource {

    /** Largest file that is read; the shipped one has a few KiB. */
    static final int MAX_FILE_BYTES = 256 * 1024;

    /** Deepest nesting of mappings; keys have three levels at most. */
    static final int MAX_DEPTH = 8;

    private final String label;
    private final List<String> faults;
    private final List<ConfigEntry> entries = new ArrayList<>();
    private final Deque<Block> blocks = new ArrayDeque<>();

    private YamlSource(String label, List<String> faults) {
        this.label = label;
        this.faults = faults;
    }

    /** A mapping that is being read: the name it stands under, and the key whose value comes next. */
    private static final class Block {
        private final String prefix;
        private @Nullable String key;

        Block(String prefix) {
            this.prefix = prefix;
        }

        String dotted(String name) {
            return prefix.isEmpty() ? name : prefix + "." + name;
        }
    }

    /** The file's entries; what is wrong with its form is added to {@code faults}. */
    static List<ConfigEntry> read(Path file, List<String> faults) {
        YamlSource source = new YamlSource(file.toString(), faults);
        String text = text(file, faults);
        if (text != null) {
            source.parse(text);
        }
        return source.entries;
    }

    private static @Nullable String text(Path file, List<String> faults) {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_FILE_BYTES + 1);
        } catch (IOException failure) {
            String why = Files.exists(file) ? "cannot be read" : "does not exist";
            faults.add(file + ": the configuration file " + why
                    + "; name another with --config or POLYLOG_CONFIG, or leave both out to start with the defaults");
            return null;
        }
        if (bytes.length > MAX_FILE_BYTES) {
            faults.add(file + ": the configuration file is larger than " + MAX_FILE_BYTES + " bytes");
            return null;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException notText) {
            faults.add(file + ": the configuration file is not UTF-8 text");
            return null;
        }
    }

    private void parse(String text) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(label)
                .setCodePointLimit(MAX_FILE_BYTES)
                .build();
        try {
            for (Event event : new Parse(settings).parseString(text)) {
                if (!accept(event)) {
                    return;
                }
            }
        } catch (MarkedYamlEngineException malformed) {
            faults.add(place(malformed.getProblemMark().orElse(null)) + ": not valid YAML: " + malformed.getProblem());
        } catch (YamlEngineException malformed) {
            faults.add(label + ": not valid YAML: " + malformed.getMessage());
        }
    }

    /** Takes one event; false if the rest of the file cannot be understood after it. */
    private boolean accept(Event event) {
        return switch (event.getEventId()) {
            case StreamStart, StreamEnd, DocumentEnd, Comment -> true;
            case DocumentStart -> startDocument(event);
            case MappingStart -> startBlock(event);
            case MappingEnd -> {
                blocks.pop();
                yield true;
            }
            case Scalar -> scalar((ScalarEvent) event);
            case SequenceStart -> refuse(event, "no key takes a list");
            case SequenceEnd -> true;
            case Alias -> refuse(event, "the alias *" + ((AliasEvent) event).getAlias() + " is not supported");
        };
    }

    private boolean startDocument(Event event) {
        return entries.isEmpty() || refuse(event, "only one YAML document is read");
    }

    private boolean startBlock(Event event) {
        Block parent = blocks.peek();
        if (parent == null) {
            blocks.push(new Block(""));
            return true;
        }
        if (parent.key == null) {
            return refuse(event, "a key must be plain text");
        }
        if (blocks.size() >= MAX_DEPTH) {
            return refuse(event, "nested deeper than " + MAX_DEPTH + " levels");
        }
        blocks.push(new Block(parent.dotted(parent.key)));
        parent.key = null;
        return true;
    }

    private boolean scalar(ScalarEvent event) {
        Block block = blocks.peek();
        if (block == null) {
            return isEmpty(event) || refuse(event, "expected keys with values, such as \"durability: fsync\"");
        }
        if (block.key == null) {
            block.key = event.getValue();
            return true;
        }
        // A block whose keys are all commented out, as in the shipped file, says nothing.
        if (!isEmpty(event)) {
            entries.add(new ConfigEntry(block.dotted(block.key), event.getValue(), place(event)));
        }
        block.key = null;
        return true;
    }

    private static boolean isEmpty(ScalarEvent event) {
        return event.getValue().isEmpty() && event.getScalarStyle() == ScalarStyle.PLAIN;
    }

    private boolean refuse(Event event, String why) {
        faults.add(place(event) + ": " + why);
        return false;
    }

    private String place(Event event) {
        return place(event.getStartMark().orElse(null));
    }

    private String place(@Nullable Mark mark) {
        return mark == null ? label : label + ":" + (mark.getLine() + 1);
    }
}
