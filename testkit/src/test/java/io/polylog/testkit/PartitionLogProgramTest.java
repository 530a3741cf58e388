package io.polylog.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random programs of append, publish, force, crash and reopen, compared with a list of records. */
class PartitionLogProgramTest {

    /** More of them find more: {@code -Dpolylog.programs}. */
    private static final int PROGRAMS = Integer.getInteger("polylog.programs", 60);

    private static final int STEPS = 150;

    @TempDir(factory = RamDirectory.class)
    Path root;

    /** The seeds of this run; {@code -Dpolylog.seed} replays one. */
    static LongStream seeds() {
        Long chosen = Long.getLong("polylog.seed");
        return chosen != null ? LongStream.of(chosen) : new Random().longs(PROGRAMS);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void agreesWithAList(long seed) throws IOException {
        new PartitionLogProgram(new FaultyDisk(root), root, seed).run(STEPS);
    }
}
