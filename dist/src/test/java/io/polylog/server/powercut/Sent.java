package io.polylog.server.powercut;

/**
 * What a value says about itself: who sent it, and as which of that sender's values.
 *
 * @param stream a sender whose values to one partition keep their order
 * @param number counts the values of the stream, from 0
 */
record Sent(String stream, int number) {

    /** The value's text, so long that it has {@code size} characters if that is more than it needs. */
    String value(int size) {
        String text = stream + "/" + number + " ";
        return text + ".".repeat(Math.max(0, size - text.length()));
    }

    static Sent of(String value) {
        int slash = value.indexOf('/');
        int space = value.indexOf(' ');
        if (slash < 0 || space < slash) {
            throw new AssertionError("nobody sent '" + value + "'");
        }
        return new Sent(value.substring(0, slash), Integer.parseInt(value.substring(slash + 1, space)));
    }

    @Override
    public String toString() {
        return stream + "/" + number;
    }
}
