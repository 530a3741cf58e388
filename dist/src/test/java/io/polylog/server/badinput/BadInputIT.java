package io.polylog.server.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What no client would send, at every door of the started archive: each row is answered as it should be, memory stays
 * where it was, the log tells of it in one line without what was sent, and stock clients that work beside it all the time
 * notice nothing.
 */
final class BadInputIT {

    @TempDir
    private static Path directory;

    private static WatchedGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        gateway = WatchedGateway.plain(directory);
    }

    @AfterAll
    static void stop() throws Exception {
        gateway.close();
    }

    static Stream<BadRow> rows() {
        return BadRows.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void concernsNobodyElse(BadRow row) throws Exception {
        gateway.suffer(row);
    }

    @Test
    void everyClauseHasARow() {
        Set<Clause> covered = Stream.concat(BadRows.all(), BadRows.secure())
                .map(BadRow::clause)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Clause.class)));
        assertThat(covered).containsExactlyInAnyOrder(Clause.values());
    }
}
