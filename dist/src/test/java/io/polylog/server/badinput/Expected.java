package io.polylog.server.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;

/**
 * What the gateway must do about a row.
 *
 * @param logLines lines in its log that name the connection
 * @param check reads the gateway's answer to the end and fails if it is another than it should be
 */
record Expected(int logLines, Check check) {

    /** Reads what the gateway says. */
    interface Check {
        void read(Stranger stranger) throws IOException;
    }

    /** Refused: the connection is closed, and one line says so. */
    static Expected refused(Check check) {
        return new Expected(1, check);
    }

    /** Answered, as a mistake that anybody can make: nobody need read of it. */
    static Expected answered(Check check) {
        return new Expected(0, check);
    }

    /** Closed without a word to the peer. */
    static Expected closed() {
        return refused(Expected::silence);
    }

    /** Closed without a word to anybody, as when the peer itself has gone. */
    static Expected closedQuietly() {
        return answered(Expected::silence);
    }

    private static void silence(Stranger stranger) {
        assertThat(stranger.hearToEnd()).isEmpty();
    }
}
