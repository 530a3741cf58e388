package io.polylog.engine;

/**
 * Whether a change of a single byte explains why bytes do not fit their CRC-32C. The CRC is linear: what it is off by
 * depends on the change and its distance from the end alone, so each place is tested in constant time.
 */
final class SingleByteError {

    /** The Castagnoli polynomial, reflected. */
    private static final int POLYNOMIAL = 0x82F63B78;

    /** What the register becomes when it is zero and takes in a byte. */
    private static final int[] AFTER = new int[256];

    /** The byte whose {@link #AFTER} has this as its highest byte; there is just one. */
    private static final int[] BY_HIGHEST = new int[256];

    static {
        for (int i = 0; i < 256; i++) {
            int register = i;
            for (int bit = 0; bit < 8; bit++) {
                register = (register & 1) == 0 ? register >>> 1 : (register >>> 1) ^ POLYNOMIAL;
            }
            AFTER[i] = register;
            BY_HIGHEST[register >>> 24] = i;
        }
    }

    private SingleByteError() {}

    /**
     * @param error the stored CRC, exclusive-or the one that the bytes have; not 0
     * @param length how many of the last bytes under the CRC may have changed
     * @return whether one byte of those, or one of the stored CRC itself, has changed
     */
    static boolean explains(int error, int length) {
        if (Integer.bitCount(bytesOf(error)) == 1) {
            return true; // in the stored CRC
        }
        int register = error;
        for (int fromEnd = 0; fromEnd < length; fromEnd++) {
            int last = BY_HIGHEST[register >>> 24];
            if (AFTER[last] == register) {
                return true;
            }
            register = (register ^ AFTER[last]) << 8 | last; // one byte back
        }
        return false;
    }

    /** One bit for each byte that is not zero. */
    private static int bytesOf(int value) {
        int bits = 0;
        for (int i = 0; i < 4; i++) {
            bits |= ((value >>> (8 * i)) & 0xFF) == 0 ? 0 : 1 << i;
        }
        return bits;
    }
}
