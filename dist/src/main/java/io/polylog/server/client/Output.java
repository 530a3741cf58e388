package io.polylog.server.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Where a command writes, in the form that was asked for: always UTF-8, whatever the terminal's locale, since it may be bytes
 * of records. A reader that has gone, as after {@code | head}, is no fault: from then on nothing is written.
 */
public final class Output {

    private static final int BUFFER_BYTES = 64 * 1024;

    private final OutputStream out;
    private final Format format;
    private final JsonMapper json = JsonMapper.builder().build();
    private boolean closed;

    public Output(OutputStream out, Format format) {
        this.out = new BufferedOutputStream(out, BUFFER_BYTES);
        this.format = format;
    }

    boolean isJson() {
        return format == Format.JSON;
    }

    /** Whether the reader has gone; known only after a {@link #flush}. */
    boolean isClosed() {
        return closed;
    }

    /** Writes the document as a line, or the text as it is, whichever was asked for. */
    void report(JsonNode document, String text) {
        if (isJson()) {
            document(document);
        } else {
            write(text.getBytes(UTF_8));
        }
    }

    /** Writes the document, or the sentence as a line. */
    void said(JsonNode document, String sentence) {
        report(document, sentence + "\n");
    }

    void document(JsonNode document) {
        try {
            line(json.writeValueAsBytes(document));
        } catch (JsonProcessingException impossible) { // a tree has nothing that could not be written
            throw new IllegalStateException(impossible);
        }
    }

    void line(byte[] bytes) {
        write(bytes);
        write(new byte[] {'\n'});
    }

    private void write(byte[] bytes) {
        if (!closed) {
            try {
                out.write(bytes);
            } catch (IOException gone) {
                closed = true;
            }
        }
    }

    /** Lets the reader see all of it. */
    public void flush() {
        if (!closed) {
            try {
                out.flush();
            } catch (IOException gone) {
                closed = true;
            }
        }
    }
}
