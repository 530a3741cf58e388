package io.polylog.amqp.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.record.Header;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.messaging.AmqpSequence;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.message.Message;
import org.junit.jupiter.api.Test;

/** The value of a record and the body of a message; and bytes that are no message. */
class BodyMappingTest extends Mapped {
    @Test
    void valueIsOneDataSection() {
        Record record = toRecord(withBody());
        assertThat(record.value()).isEqualTo("v".getBytes(UTF_8));
        assertThat(record.headers().last("amqp.body")).isEmpty();
        Data body = (Data) toMessage(record).getBody();
        assertThat(TypedText.bytes(body.getValue())).isEqualTo("v".getBytes(UTF_8));
    }

    @Test
    void emptyValueIsNotNull() {
        Message message = Proton.message();
        message.setBody(new Data(new Binary(new byte[0])));
        assertThat(toRecord(message).value()).isEmpty();
        assertThat(toMessage(new Record(null, new byte[0], NOW, Headers.EMPTY)).getBody())
                .isInstanceOf(Data.class);
    }

    @Test
    void nullValueIsAmqpValueOfNull() {
        Message message = Proton.message();
        message.setBody(new AmqpValue(null));
        assertThat(toRecord(message).value()).isNull();
        AmqpValue body = (AmqpValue)
                toMessage(new Record(null, null, NOW, Headers.EMPTY)).getBody();
        assertThat(body.getValue()).isNull();
    }

    @Test
    void stringBodyIsStoredAsText() {
        Message message = Proton.message();
        message.setBody(new AmqpValue("grüße"));
        Record record = toRecord(message);
        assertThat(record.value()).isEqualTo("grüße".getBytes(UTF_8));
        assertThat(header(record, "amqp.body")).isEqualTo("str");
        Message back = toMessage(record);
        assertThat(((AmqpValue) back.getBody()).getValue()).isEqualTo("grüße");
        assertThat(back.getApplicationProperties()).isNull();
    }

    @Test
    void mapBodyComesBackExactly() {
        Map<Object, Object> map = new LinkedHashMap<>();
        map.put("a", 1L);
        map.put("b", new Binary(new byte[] {1, 2}));
        Message message = Proton.message();
        message.setBody(new AmqpValue(map));
        Record record = toRecord(message);
        assertThat(header(record, "amqp.body")).isEqualTo("value");
        assertThat(((AmqpValue) toMessage(record).getBody()).getValue()).isEqualTo(map);
    }

    @Test
    void sequenceBodyComesBackExactly() {
        Message message = Proton.message();
        message.setBody(new AmqpSequence(List.of(1, "two", true)));
        Record record = toRecord(message);
        assertThat(header(record, "amqp.body")).isEqualTo("seq");
        assertThat((Object) ((AmqpSequence) toMessage(record).getBody()).getValue())
                .isEqualTo(List.of(1, "two", true));
    }

    @Test
    void severalDataSectionsComeBackAsTheyWere() {
        AmqpWriter writer = new AmqpWriter(16);
        writer.data(new byte[] {1});
        writer.data(new byte[] {2, 3});
        Record record = MessageDecoder.local().decode(writer.toBytes(), NOW, dropped::add);
        assertThat(header(record, "amqp.body")).isEqualTo("multi");
        assertThat(record.value()).isEqualTo(writer.toBytes());
        byte[] encoded = MessageEncoder.local().encode(new DeliveryNote(PARTITION, 1, 0, 0, record), NOW);
        assertThat(Arrays.copyOfRange(encoded, encoded.length - writer.size(), encoded.length))
                .isEqualTo(writer.toBytes());
    }

    @Test
    void garbageUnderABodyHeaderIsSentAsData() {
        for (String kind : List.of("value", "seq", "multi", "nonsense")) {
            Message message = toMessage(record(Header.text("amqp.body", kind)));
            assertThat(message.getBody()).as(kind).isInstanceOf(Data.class);
        }
    }

    @Test
    void everyTruncationAndEveryFlippedByteIsReadOrRefused() {
        Message message = withBody();
        message.setMessageId(new UUID(1, 1));
        message.setTtl(77);
        message.setApplicationProperties(new ApplicationProperties(Map.of("deep", List.of(1, List.of(2)), "n", 5)));
        byte[] buffer = new byte[4096];
        int length = message.encode(buffer, 0, buffer.length);
        for (int cut = 0; cut < length; cut++) {
            readOrRefused(Arrays.copyOf(buffer, cut));
        }
        for (int at = 0; at < length; at++) {
            for (int flip : new int[] {1, 0x40, 0x80, 0xff}) {
                byte[] corrupt = Arrays.copyOf(buffer, length);
                corrupt[at] ^= (byte) flip;
                readOrRefused(corrupt);
            }
        }
    }

    private void readOrRefused(byte[] bytes) {
        try {
            Record record = MessageDecoder.local().decode(bytes, NOW, dropped::add);
            toMessage(record); // whatever was read can be sent
        } catch (MessageRefusedException refused) {
            assertThat(refused.condition().toString()).startsWith("amqp:");
        }
    }
}
