package io.polylog.server.badinput;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same as {@link BadInputIT} at doors that speak TLS, and ask Kafka's clients who they are. */
final class SecureInputIT {

    @TempDir
    private static Path directory;

    private static WatchedGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        gateway = WatchedGateway.secure(directory);
    }

    @AfterAll
    static void stop() throws Exception {
        gateway.close();
    }

    static Stream<BadRow> rows() {
        return BadRows.secure();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void concernsNobodyElse(BadRow row) throws Exception {
        gateway.suffer(row);
    }
}
