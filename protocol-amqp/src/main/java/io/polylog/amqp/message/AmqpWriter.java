package io.polylog.amqp.message;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.UUID;

/**
 * Writes AMQP 1.0 types (part 1, §1.6) into a growing array. Compounds are always written with four-byte sizes, which
 * are filled in when they are ended. Not thread-safe.
 */
final class AmqpWriter {
    private byte[] bytes;
    private int size;

    AmqpWriter(int initialBytes) {
        this.bytes = new byte[initialBytes];
    }

    int size() {
        return size;
    }

    /** What was written; the array itself when it is full to the last byte. */
    byte[] toBytes() {
        return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    }

    /** The descriptor of a message section: a small ulong. */
    void section(int code) {
        put(0x00);
        put(0x53);
        put(code);
    }

    /** Begins a list; answers the mark that {@link #end} wants. */
    int beginList() {
        return begin(0xd0);
    }

    /** Begins a map; its count is keys plus values. */
    int beginMap() {
        return begin(0xd1);
    }

    /** Begins an array of maps; each is begun by {@link #beginArrayMap}. */
    int beginMapArray() {
        int mark = begin(0xf0);
        put(0xd1);
        return mark;
    }

    /** An array of one string. */
    void stringArray(String only) {
        byte[] utf8 = only.getBytes(UTF_8);
        int mark = begin(0xf0);
        put(0xb1);
        putInt(utf8.length);
        raw(utf8);
        end(mark, 1);
    }

    /** Begins a map within an array of maps, whose constructor stands before the first (part 1, §1.6.24). */
    int beginArrayMap() {
        int mark = size;
        putInt(0);
        putInt(0);
        return mark;
    }

    void end(int mark, int count) {
        intAt(mark, size - mark - 4);
        intAt(mark + 4, count);
    }

    private int begin(int code) {
        put(code);
        int mark = size;
        putInt(0);
        putInt(0);
        return mark;
    }

    void nullValue() {
        put(0x40);
    }

    void bool(boolean value) {
        put(value ? 0x41 : 0x42);
    }

    void ubyte(int value) {
        put(0x50);
        put(value);
    }

    void ushort(int value) {
        put(0x60);
        putShort(value);
    }

    void uint(int bits) {
        put(0x70);
        putInt(bits);
    }

    void ulong(long bits) {
        put(0x80);
        putLong(bits);
    }

    void byteValue(byte value) {
        put(0x51);
        put(value);
    }

    void shortValue(short value) {
        put(0x61);
        putShort(value);
    }

    void intValue(int value) {
        put(0x71);
        putInt(value);
    }

    void longValue(long value) {
        put(0x81);
        putLong(value);
    }

    void floatValue(float value) {
        put(0x72);
        putInt(Float.floatToRawIntBits(value));
    }

    void doubleValue(double value) {
        put(0x82);
        putLong(Double.doubleToRawLongBits(value));
    }

    void character(int codePoint) {
        put(0x73);
        putInt(codePoint);
    }

    void timestamp(long epochMs) {
        put(0x83);
        putLong(epochMs);
    }

    void uuid(UUID value) {
        put(0x98);
        putLong(value.getMostSignificantBits());
        putLong(value.getLeastSignificantBits());
    }

    void binary(byte[] value) {
        variable(0xa0, value);
    }

    void string(String value) {
        text(value.getBytes(UTF_8));
    }

    /** A string whose UTF-8 form is at hand. */
    void text(byte[] utf8) {
        variable(0xa1, utf8);
    }

    void symbol(String ascii) {
        variable(0xa3, ascii.getBytes(US_ASCII));
    }

    /** A data section (part 3, §3.2.6). */
    void data(byte[] value) {
        section(Section.DATA.code());
        binary(value);
    }

    /** Bytes that are AMQP already. */
    void raw(byte[] encoded) {
        raw(encoded, 0, encoded.length);
    }

    void raw(byte[] encoded, int offset, int length) {
        ensure(length);
        System.arraycopy(encoded, offset, bytes, size, length);
        size += length;
    }

    private void variable(int shortCode, byte[] value) {
        if (value.length <= 255) {
            put(shortCode);
            put(value.length);
        } else {
            put(shortCode + 0x10);
            putInt(value.length);
        }
        raw(value);
    }

    private void put(int value) {
        ensure(1);
        bytes[size++] = (byte) value;
    }

    private void putShort(int value) {
        ensure(2);
        bytes[size++] = (byte) (value >>> 8);
        bytes[size++] = (byte) value;
    }

    private void putInt(int value) {
        ensure(4);
        intAt(size, value);
        size += 4;
    }

    private void putLong(long value) {
        putInt((int) (value >>> 32));
        putInt((int) value);
    }

    private void intAt(int position, int value) {
        bytes[position] = (byte) (value >>> 24);
        bytes[position + 1] = (byte) (value >>> 16);
        bytes[position + 2] = (byte) (value >>> 8);
        bytes[position + 3] = (byte) value;
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, Math.min(bytes.length * 2, size + (1 << 20))));
        }
    }
}
