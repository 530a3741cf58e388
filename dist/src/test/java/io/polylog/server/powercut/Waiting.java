package io.polylog.server.powercut;

import io.polylog.testkit.FaultyDisk;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for a gateway whose disk may lose power meanwhile, after which nothing needs to be answered any more. */
final class Waiting {

    private static final long POLL_MS = 5;
    private static final long PATIENCE_SECONDS = 60;

    private final FaultyDisk disk;

    Waiting(FaultyDisk disk) {
        this.disk = disk;
    }

    /** The crash that was planned has come: what was under way is over. */
    static final class PowerLostException extends RuntimeException {
        private static final long serialVersionUID = 1;

        PowerLostException(Throwable cause) {
            super(cause);
        }
    }

    boolean hasPower() {
        return disk.hasPower();
    }

    <T> T get(CompletionStage<T> stage) {
        return getFuture(stage.toCompletableFuture());
    }

    <T> T getFuture(Future<T> future) {
        for (long waitedMs = 0; ; waitedMs += POLL_MS) {
            try {
                return future.get(POLL_MS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException notYet) {
                if (!disk.hasPower()) {
                    throw new PowerLostException(notYet);
                }
                if (waitedMs > TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS)) {
                    throw new AssertionError("not answered in " + PATIENCE_SECONDS + " s", notYet);
                }
            } catch (ExecutionException | CompletionException failed) {
                if (!disk.hasPower()) {
                    throw new PowerLostException(failed);
                }
                throw new AssertionError("refused although the disk has power", failed);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new AssertionError(interrupted);
            }
        }
    }
}
