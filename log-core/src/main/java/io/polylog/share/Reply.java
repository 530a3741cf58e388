package io.polylog.share;

import java.util.List;

/** Whom to tell what became of one acquired record. */
record Reply(Acquired record, Gathering gathering) {

    void settled() {
        gathering.done();
    }

    void refused(Throwable cause) {
        gathering.notSettled(List.of(record), cause);
        gathering.done();
    }
}
