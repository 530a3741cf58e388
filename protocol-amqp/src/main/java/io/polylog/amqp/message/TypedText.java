package io.polylog.amqp.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Date;
import java.util.UUID;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedByte;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.UnsignedShort;
import org.jspecify.annotations.Nullable;

/**
 * A simple AMQP value as the bytes of a record header, with the name of its type beside it.
 *
 * @param type the type's name as it stands in {@code polylog-types}, or null for a string
 * @param bytes UTF-8 text, except for a binary
 */
@SuppressWarnings({
    "ArrayRecordComponent", // handed on at once, never compared
    "JavaUtilDate" // what Proton-J decodes timestamps to
})
record TypedText(@Nullable String type, byte @Nullable [] bytes) {

    /** The text of a simple value, or null if the value is nested or of a type that has no text of its own. */
    static @Nullable TypedText of(@Nullable Object value) {
        if (value == null) {
            return new TypedText("null", null);
        }
        if (value instanceof String text) {
            return new TypedText(null, text.getBytes(UTF_8));
        }
        if (value instanceof Binary binary) {
            return new TypedText("binary", bytes(binary));
        }
        String type = typeName(value);
        if (type == null) {
            return null;
        }
        String text = value instanceof Date date ? Long.toString(date.getTime()) : value.toString();
        return new TypedText(type, text.getBytes(UTF_8));
    }

    static byte[] bytes(Binary binary) {
        byte[] copy = new byte[binary.getLength()];
        System.arraycopy(binary.getArray(), binary.getArrayOffset(), copy, 0, copy.length);
        return copy;
    }

    private static @Nullable String typeName(Object value) {
        if (value instanceof Boolean) {
            return "bool";
        } else if (value instanceof Byte) {
            return "byte";
        } else if (value instanceof Short) {
            return "short";
        } else if (value instanceof Integer) {
            return "int";
        } else if (value instanceof Long) {
            return "long";
        } else if (value instanceof UnsignedByte) {
            return "ubyte";
        } else if (value instanceof UnsignedShort) {
            return "ushort";
        } else if (value instanceof UnsignedInteger) {
            return "uint";
        } else if (value instanceof UnsignedLong) {
            return "ulong";
        } else if (value instanceof Float) {
            return "float";
        } else if (value instanceof Double) {
            return "double";
        } else if (value instanceof Date) {
            return "timestamp";
        } else if (value instanceof UUID) {
            return "uuid";
        } else if (value instanceof Symbol) {
            return "symbol";
        }
        return null;
    }

    /**
     * Writes a header's bytes as the AMQP type that {@code type} names. What does not read as that type is written as a
     * string, or as a binary if it is no text either: somebody else has put another value under the name.
     */
    static void write(AmqpWriter writer, @Nullable String type, byte @Nullable [] bytes) {
        if (bytes == null) {
            writer.nullValue();
            return;
        }
        if (type != null && writeTyped(writer, type, bytes)) {
            return;
        }
        if (Utf8.isText(bytes)) {
            writer.text(bytes);
        } else {
            writer.binary(bytes);
        }
    }

    private static boolean writeTyped(AmqpWriter writer, String type, byte[] bytes) {
        if (type.equals("binary")) {
            writer.binary(bytes);
            return true;
        }
        String text = new String(bytes, UTF_8);
        try {
            switch (type) {
                case "bool" -> writer.bool(parseBoolean(text));
                case "byte" -> writer.byteValue(Byte.parseByte(text));
                case "short" -> writer.shortValue(Short.parseShort(text));
                case "int" -> writer.intValue(Integer.parseInt(text));
                case "long" -> writer.longValue(Long.parseLong(text));
                case "ubyte" -> writer.ubyte(within(text, 0xff));
                case "ushort" -> writer.ushort(within(text, 0xffff));
                case "uint" -> writer.uint(Integer.parseUnsignedInt(text));
                case "ulong" -> writer.ulong(Long.parseUnsignedLong(text));
                case "float" -> writer.floatValue(Float.parseFloat(text));
                case "double" -> writer.doubleValue(Double.parseDouble(text));
                case "timestamp" -> writer.timestamp(Long.parseLong(text));
                case "uuid" -> writer.uuid(UUID.fromString(text));
                case "symbol" -> {
                    if (!Utf8.isAscii(text)) {
                        return false;
                    }
                    writer.symbol(text);
                }
                default -> {
                    return false;
                }
            }
            return true;
        } catch (IllegalArgumentException notThatType) {
            return false;
        }
    }

    private static boolean parseBoolean(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("neither true nor false");
        };
    }

    private static int within(String text, int max) {
        int value = Integer.parseInt(text);
        if (value < 0 || value > max) {
            throw new IllegalArgumentException("out of range");
        }
        return value;
    }
}
