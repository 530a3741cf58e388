package io.polylog.server.powercut;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.amqp.AmqpAdapterFactory;
import io.polylog.disk.Disk;
import io.polylog.kafka.KafkaAdapterFactory;
import io.polylog.mqtt.MqttAdapterFactory;
import io.polylog.spi.ProtocolAdapterFactory;
import io.polylog.testkit.FaultyDisk;
import io.polylog.testkit.TestGateway;
import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One program on one gateway whose disk loses power at a chosen step; then what every restart must show. The directory
 * is used by this run alone, once, and deleted.
 */
final class PowerCutRun {

    private static final Map<String, String> SETTINGS = Map.of(
            "durability", "fsync",
            "data-groups", "2",
            "group-metadata-partitions", "1",
            "segment-bytes", "4096",
            "checkpoint-bytes", "4096");

    /** Enough for every step of a recovery to be hit. */
    private static final int RECOVERY_STEPS = 40;

    /** Makes the program of a run. */
    interface Author {
        Program program(Model model, Waiting waiting);
    }

    private final Path directory;
    private final FaultyDisk disk;
    private final ProtocolAdapterFactory[] doors;
    private final Model model = new Model();
    private final Waiting waiting;
    private final Program program;
    private final Observer observer;

    /**
     * @param directory empty
     * @param withDoors whether the gateway listens
     */
    PowerCutRun(Path directory, boolean withDoors, Author author) throws IOException {
        this.directory = directory;
        this.disk = new FaultyDisk(directory);
        this.doors = withDoors
                ? new ProtocolAdapterFactory[] {
                    new KafkaAdapterFactory(), new AmqpAdapterFactory(), new MqttAdapterFactory()
                }
                : new ProtocolAdapterFactory[0];
        this.waiting = new Waiting(disk);
        this.program = author.program(model, waiting);
        this.observer = new Observer(model, waiting);
    }

    FaultyDisk disk() {
        return disk;
    }

    /** Runs the whole program without a crash; the disk can say afterwards what that took. */
    void withoutCrash() throws Exception {
        try {
            runProgram();
        } finally {
            Disk.system().delete(directory);
        }
    }

    /**
     * Runs the program, crashes and recovers.
     *
     * @param step of the disk at which the power fails; if the program has fewer, it fails after the last
     * @param random decides what the crash takes, and where a second one comes
     * @throws AssertionError if something acknowledged is lost, or something is there that should not be
     */
    void crashAt(long step, Random random) throws Exception {
        crashAt(step, random, () -> {
            if (random.nextBoolean()) {
                disk.cutPowerAt(1 + random.nextInt(RECOVERY_STEPS));
                crashWhileRecovering(random);
            }
        });
    }

    /**
     * The same, with the second crash in the recovery soon after a force that the disk ignores.
     *
     * @param stepsAfter from 1
     */
    void crashAtAndAfterIgnoredForce(long step, int stepsAfter, Random random) throws Exception {
        crashAt(step, random, () -> {
            disk.cutPowerAfterIgnoredForce(stepsAfter);
            crashWhileRecovering(random);
        });
    }

    /** What may happen between the first crash and the recovery that is looked at. */
    private interface SecondCrash {
        void perhaps() throws IOException;
    }

    private void crashAt(long step, Random random, SecondCrash second) throws Exception {
        try {
            crashAndRecover(step, random, second);
        } finally {
            Disk.system().delete(directory);
        }
    }

    private void crashAndRecover(long step, Random random, SecondCrash second) throws Exception {
        disk.cutPowerAt(step);
        try {
            runProgram();
        } catch (Exception | AssertionError failure) {
            if (disk.hasPower()) {
                throw failure;
            }
        }
        disk.cutPower();
        disk.restorePower(random);
        second.perhaps();
        Observation recovered = recover(random);
        try (TestGateway gateway = start()) {
            Observation again = observer.observe(gateway.context());
            assertThat(Observer.withoutTraces(again))
                    .as("what a second recovery finds")
                    .isEqualTo(Observer.withoutTraces(recovered));
            program.resume(gateway);
            Observation last = observer.observe(gateway.context());
            model.check(last);
            observer.checkDeadLetters(gateway.context(), last);
        }
    }

    /** Starts, looks and ends, with or without a crash. */
    private Observation recover(Random random) throws IOException {
        TestGateway gateway = start();
        try {
            Observation recovered = observer.observe(gateway.context());
            model.check(recovered);
            observer.checkDeadLetters(gateway.context(), recovered);
            if (random.nextBoolean()) {
                disk.cutPower();
            }
            return recovered;
        } finally {
            close(gateway);
            if (!disk.hasPower()) {
                disk.restorePower(random);
            }
        }
    }

    private void runProgram() throws Exception {
        for (int part = 0; part < program.parts(); part++) {
            TestGateway gateway = start();
            try {
                program.run(part, gateway);
            } finally {
                close(gateway);
            }
        }
    }

    private void crashWhileRecovering(Random random) throws IOException {
        @Nullable TestGateway gateway = null;
        try {
            gateway = start();
        } catch (IOException | RuntimeException | AssertionError failure) {
            if (disk.hasPower()) {
                throw failure;
            }
        } finally {
            disk.cutPower();
            if (gateway != null) {
                close(gateway);
            }
        }
        disk.restorePower(random);
    }

    private TestGateway start() throws IOException {
        TestGateway gateway = TestGateway.start(
                directory.resolve("data"), SETTINGS, disk, EpochClock.system(), NanoClock.system(), doors);
        model.started(gateway.context().clusterId());
        return gateway;
    }

    /** Without power a gateway cannot close its files in order; what counts is that it lets go of them. */
    private void close(TestGateway gateway) throws IOException {
        try {
            gateway.close();
        } catch (IOException | RuntimeException failure) {
            if (disk.hasPower()) {
                throw failure;
            }
        }
    }
}
