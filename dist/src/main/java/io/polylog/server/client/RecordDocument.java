package io.polylog.server.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A record as a document: bytes that are UTF-8 as text, others in Base64 under a name that says so. Headers are an array,
 * since one name may come more than once.
 */
final class RecordDocument {

    private RecordDocument() {}

    static ObjectNode of(ConsumerRecord<byte[], byte[]> record) {
        ObjectNode document = JsonNodeFactory.instance
                .objectNode()
                .put("topic", record.topic())
                .put("partition", record.partition())
                .put("offset", record.offset())
                .put("timestamp", record.timestamp());
        put(document, "key", record.key());
        put(document, "value", record.value());
        var headers = document.putArray("headers");
        for (Header header : record.headers()) {
            put(headers.addObject().put("name", header.key()), "value", header.value());
        }
        return document;
    }

    private static void put(ObjectNode document, String name, byte @Nullable [] bytes) {
        if (bytes == null) {
            document.putNull(name);
            return;
        }
        Optional<String> text = text(bytes);
        if (text.isPresent()) {
            document.put(name, text.get());
        } else {
            document.put(name + "Base64", Base64.getEncoder().encodeToString(bytes));
        }
    }

    private static Optional<String> text(byte[] bytes) {
        try {
            return Optional.of(UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException binary) {
            return Optional.empty();
        }
    }
}
