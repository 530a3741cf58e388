package io.polylog.amqp.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.record.Header;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.TopicPartition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.message.Message;

/** Messages and records of each other, as the mapping contract has it; Proton's own message class is the other side. */
abstract class Mapped {
    static final long NOW = 1_700_000_000_000L;
    static final TopicPartition PARTITION = new TopicPartition(new UUID(1, 2), "orders", 3);

    final List<String> dropped = new ArrayList<>();

    Record toRecord(Message message) {
        byte[] buffer = new byte[1 << 16];
        int length = message.encode(buffer, 0, buffer.length);
        return MessageDecoder.local().decode(Arrays.copyOf(buffer, length), NOW, dropped::add);
    }

    static Message toMessage(Record record) {
        return toMessage(new DeliveryNote(PARTITION, 42, 0, 0, record));
    }

    static Message toMessage(DeliveryNote note) {
        byte[] encoded = MessageEncoder.local().encode(note, NOW);
        Message message = Proton.message();
        message.decode(encoded, 0, encoded.length);
        return message;
    }

    static Record record(Header... headers) {
        return new Record(null, "v".getBytes(UTF_8), NOW, Headers.of(headers));
    }

    static Message withBody() {
        Message message = Proton.message();
        message.setBody(new Data(new Binary("v".getBytes(UTF_8))));
        return message;
    }

    static String header(Record record, String name) {
        return record.headers().lastText(name).orElseThrow(() -> new AssertionError("no header " + name));
    }

    static Object annotation(Message message, String name) {
        return message.getMessageAnnotations().getValue().get(Symbol.valueOf(name));
    }
}
