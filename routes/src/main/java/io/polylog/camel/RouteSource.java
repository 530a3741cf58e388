package io.polylog.camel;

import io.polylog.camel.lint.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A route file as it was read.
 *
 * @param text empty if it could not be read
 * @param unreadable why it could not
 */
record RouteSource(String name, String text, @Nullable Fault unreadable) {

    /** Largest route file, in bytes. */
    static final int MAX_FILE_BYTES = 1 << 20;

    /** Reads a file to its end, or says why that is not to be. */
    static RouteSource read(String name, Path path) {
        byte[] content;
        try (InputStream in = Files.newInputStream(path)) {
            content = in.readNBytes(MAX_FILE_BYTES + 1);
        } catch (IOException failure) {
            return unreadable(name, 1, "the file cannot be read: " + failure, "check its owner and permissions");
        }
        if (content.length > MAX_FILE_BYTES) {
            return unreadable(
                    name, 1, "the file is larger than " + MAX_FILE_BYTES + " bytes", "divide its routes among several");
        }
        ByteBuffer bytes = ByteBuffer.wrap(content);
        try {
            return new RouteSource(
                    name, StandardCharsets.UTF_8.newDecoder().decode(bytes).toString(), null);
        } catch (CharacterCodingException notText) {
            int line = 1;
            for (int i = 0; i < bytes.position(); i++) {
                line += content[i] == '\n' ? 1 : 0;
            }
            return unreadable(name, line, "the file is not UTF-8 text", "save it in the encoding UTF-8");
        }
    }

    private static RouteSource unreadable(String name, int line, String problem, String remedy) {
        return new RouteSource(name, "", new Fault(name, line, problem, remedy));
    }
}
