package io.polylog.kv;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * What the keys of one family begin with: its name and a zero byte. All families lie in one key space, since each column
 * family of its own makes every store slower to open and larger in memory, and a process opens a store for each group.
 * Immutable.
 */
final class FamilyPrefix {

    private final byte[] bytes;

    FamilyPrefix(String family) {
        if (family.isEmpty() || family.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("no name of a family: " + family);
        }
        this.bytes = (family + '\0').getBytes(UTF_8);
    }

    /** The key as the store has it. */
    byte[] before(byte[] key) {
        byte[] whole = Arrays.copyOf(bytes, bytes.length + key.length);
        System.arraycopy(key, 0, whole, bytes.length, key.length);
        return whole;
    }

    /** The key as the family has it. */
    byte[] strip(byte[] whole) {
        return Arrays.copyOfRange(whole, bytes.length, whole.length);
    }
}
