package io.polylog.amqp.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;

/** Tells text from bytes that only look like it. */
final class Utf8 {
    private Utf8() {}

    static boolean isText(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                return isWellFormed(bytes);
            }
        }
        return true;
    }

    /** Whether a name can be an AMQP symbol, which is ASCII. */
    static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0x7f) {
                return false;
            }
        }
        return true;
    }

    private static boolean isWellFormed(byte[] bytes) {
        try {
            UTF_8.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException malformed) {
            return false;
        }
    }
}
