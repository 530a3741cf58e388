package io.polylog.server.badinput;

/**
 * One thing that no client should do, at one door, and what the gateway must do about it.
 *
 * @param clause the item of the list that it covers
 * @param detail which form of it
 * @param attack sends it; may read answers that come before the last byte is sent
 */
record BadRow(Clause clause, String detail, Door door, Attack attack, Expected expected) {

    /** What a stranger does once it is connected. */
    interface Attack {
        void on(Stranger stranger) throws Exception;
    }

    @Override
    public String toString() {
        return door.protocol() + ": " + clause.words() + ": " + detail;
    }
}
