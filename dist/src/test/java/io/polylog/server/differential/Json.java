package io.polylog.server.differential;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.protocol.ApiMessage;

/** Messages as trees, by Kafka's own converters; what cannot be the same on two brokers is taken out. */
final class Json {

    /** Fields that name a broker, a moment or something drawn by lot: only whether they are set is compared. */
    private static final Set<String> NORMALISED = Set.of(
            "host",
            "port",
            "clusterId",
            "topicId",
            "memberId",
            "leader",
            "producerId",
            "timestamp",
            "logAppendTimeMs",
            "throttleTimeMs",
            "maxTimestamp",
            "directoryId",
            "sessionId",
            "errorMessage",
            "documentation",
            "logDir",
            "totalBytes",
            "usableBytes",
            "lastFetchTimestamp",
            "lastCaughtUpTimestamp",
            "lastTimestamp",
            "transactionStartTimeMs",
            "replicaDirectoryId");

    private Json() {}

    static JsonNode of(ApiMessage message, int version) {
        Class<?> type = message.getClass();
        try {
            JsonNode tree = (JsonNode) Class.forName(type.getName() + "JsonConverter")
                    .getMethod("write", type, short.class)
                    .invoke(null, message, (short) version);
            return normalised(tree);
        } catch (ReflectiveOperationException failure) {
            throw new AssertionError(failure);
        }
    }

    private static JsonNode normalised(JsonNode node) {
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                JsonNode value = field.getValue();
                field.setValue(NORMALISED.contains(field.getKey()) && isSet(value) ? set(value) : normalised(value));
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, normalised(array.get(i)));
            }
        }
        return node;
    }

    private static boolean isSet(JsonNode value) {
        return value.isTextual()
                ? !value.textValue().isEmpty() && !value.textValue().equals("AAAAAAAAAAAAAAAAAAAAAA")
                : value.isNumber() && value.longValue() > 0;
    }

    private static JsonNode set(JsonNode value) {
        return TextNode.valueOf(value.isTextual() ? "some text" : "some number");
    }

    /** Each place where the two differ, as {@code path: one | other}; lists of named things are compared by name. */
    static List<String[]> differences(JsonNode one, JsonNode other) {
        List<String[]> found = new ArrayList<>();
        compare("", one, other, found);
        return found;
    }

    private static void compare(String path, JsonNode one, JsonNode other, List<String[]> found) {
        if (one instanceof ObjectNode && other instanceof ObjectNode) {
            Set<String> names = new TreeSet<>();
            one.fieldNames().forEachRemaining(names::add);
            other.fieldNames().forEachRemaining(names::add);
            names.forEach(name -> compare(path + "/" + name, at(one, name), at(other, name), found));
        } else if (one instanceof ArrayNode && other instanceof ArrayNode) {
            Map<String, JsonNode> left = keyed(one);
            Map<String, JsonNode> right = keyed(other);
            Set<String> keys = new TreeSet<>(left.keySet());
            keys.addAll(right.keySet());
            for (String key : keys) {
                compare(path + "[" + key + "]", missing(left.get(key)), missing(right.get(key)), found);
            }
        } else if (!one.equals(other)) {
            found.add(new String[] {path, one.toString(), other.toString()});
        }
    }

    private static JsonNode at(JsonNode node, String name) {
        return missing(node.get(name));
    }

    private static JsonNode missing(@org.jspecify.annotations.Nullable JsonNode node) {
        return node == null ? TextNode.valueOf("(none)") : node;
    }

    /** The elements by what tells them apart: a name, an id, an index; else by their place. */
    private static Map<String, JsonNode> keyed(JsonNode array) {
        Map<String, JsonNode> keyed = new TreeMap<>();
        int place = 0;
        for (JsonNode element : array) {
            String key = key(element);
            if (key.isEmpty() || keyed.containsKey(key)) {
                key = key + "#" + place;
            }
            keyed.put(key, element);
            place++;
        }
        return keyed;
    }

    private static String key(JsonNode element) {
        if (element.get("entity") instanceof ArrayNode entity) { // of a quota: what it is about, in any order
            return new TreeMap<>(keyed(entity)).toString();
        }
        for (String name : List.of(
                "apiKey",
                "name",
                "topicName",
                "transactionalId",
                "groupId",
                "partitionIndex",
                "partition",
                "resourceName",
                "nodeId",
                "user",
                "entityType",
                "key",
                "mechanism")) {
            JsonNode value = element.get(name);
            if (value != null && !value.isNull() && !value.asText().isEmpty()) {
                return value.asText();
            }
        }
        return "";
    }
}
