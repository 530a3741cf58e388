package io.polylog.server;

import io.polylog.engine.FailureListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the process does when its log fails. A state that cannot be trusted halts it at once, since whatever it answered
 * from then on might not be true after a restart. A journal that cannot be written leaves what was applied, all of it
 * durable: by default that is served to readers until somebody starts the process again.
 */
final class LogFailure implements FailureListener {

    private static final Logger log = LoggerFactory.getLogger(LogFailure.class);

    /** What a failed journal does. */
    enum OnJournalFailure {
        SERVE,
        HALT
    }

    private final OnJournalFailure onJournalFailure;

    LogFailure(OnJournalFailure onJournalFailure) {
        this.onJournalFailure = onJournalFailure;
    }

    @Override
    public void failed(String what, Throwable cause) {
        log.atError().addKeyValue("what", what).setCause(cause).log("the log is not durable any more: halting");
        halt();
    }

    @Override
    public void journalFailed(Throwable cause) {
        switch (onJournalFailure) {
            case SERVE ->
                log.atError()
                        .setCause(cause)
                        .log(
                                "the journal failed: every write is refused until the gateway is started again; reads go on");
            case HALT -> failed("the journal failed", cause);
        }
    }

    private static void halt() {
        Runtime.getRuntime().halt(ExitCode.LOG_FAILURE.code());
    }
}
