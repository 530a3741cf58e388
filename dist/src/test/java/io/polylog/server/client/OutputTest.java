package io.polylog.server.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** What commands write, for people and for programs. */
final class OutputTest {

    private static final Table TABLE = new Table().text("TOPIC", "topic").number("END", "end");

    @Test
    void tableIsAsWideAsItsLongestCellsAndHasDashesForGaps() {
        ArrayNode rows = JsonNodeFactory.instance.arrayNode();
        rows.addObject().put("topic", "a-long-name").put("end", 7);
        rows.addObject().put("topic", "b").put("end", 12345);
        rows.addObject().put("topic", "c").putNull("end");

        assertThat(TABLE.of(rows, "none").lines())
                .containsExactly(
                        "TOPIC          END", "a-long-name      7", "b            12345", "c                -");
    }

    @Test
    void tableWithoutRowsSaysSo() {
        assertThat(TABLE.of(JsonNodeFactory.instance.arrayNode(), "no topics")).isEqualTo("no topics\n");
    }

    @Test
    void recordShowsTextAsTextAndOtherBytesInBase64() {
        byte[] binary = {(byte) 0xFF, 0};
        RecordHeaders headers = new RecordHeaders();
        headers.add("h", "1".getBytes(UTF_8)).add("h", binary).add("none", null);
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                "t",
                1,
                2,
                3,
                TimestampType.CREATE_TIME,
                2,
                5,
                binary,
                "grün".getBytes(UTF_8),
                headers,
                Optional.empty());

        assertThat(RecordDocument.of(record))
                .hasToString("{\"topic\":\"t\",\"partition\":1,\"offset\":2,\"timestamp\":3,\"keyBase64\":\"/wA=\","
                        + "\"value\":\"grün\",\"headers\":[{\"name\":\"h\",\"value\":\"1\"},"
                        + "{\"name\":\"h\",\"valueBase64\":\"/wA=\"},{\"name\":\"none\",\"value\":null}]}");
    }

    @Test
    void recordWithoutKeyOrValueHasNulls() {
        assertThat(RecordDocument.of(new ConsumerRecord<>("t", 0, 0, null, null)))
                .hasToString("{\"topic\":\"t\",\"partition\":0,\"offset\":0,\"timestamp\":-1,\"key\":null,"
                        + "\"value\":null,\"headers\":[]}");
    }

    @Test
    void writesTheFormThatWasAskedForInUtf8() {
        assertThat(written(Format.TEXT)).isEqualTo("größer\n");
        assertThat(written(Format.JSON)).isEqualTo("{\"is\":\"größer\"}\n");
    }

    private static String written(Format format) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Output output = new Output(bytes, format);
        output.said(JsonNodeFactory.instance.objectNode().put("is", "größer"), "größer");
        output.flush();
        return bytes.toString(UTF_8);
    }

    @Test
    void readerThatHasGoneIsNoFault() {
        Output output = new Output(
                new OutputStream() {
                    @Override
                    public void write(int one) throws IOException {
                        throw new IOException("Broken pipe");
                    }
                },
                Format.TEXT);
        output.line(new byte[] {1});
        assertThat(output.isClosed()).isFalse();
        output.flush();
        assertThat(output.isClosed()).isTrue();
        output.line(new byte[] {2});
        output.flush();
    }
}
