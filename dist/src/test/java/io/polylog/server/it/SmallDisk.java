package io.polylog.server.it;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A real file system of a few MiB for a gateway's data, which is gone with the gateway: memory mounted in a mount
 * namespace of the process alone. That takes root, or a kernel that lets anybody make user namespaces; on any other
 * machine the test fails and says so.
 */
final class SmallDisk {

    private static final String BALLAST = "ballast";

    private final Path data;
    private final Path ballast;

    private SmallDisk(Path data) {
        this.data = data;
        this.ballast = data.resolve(BALLAST);
    }

    /** The command to start a gateway through, see {@link StartedGateway#start}. */
    static List<String> mountAt(Path data, int mebibytes) {
        List<String> command = new ArrayList<>(namespace());
        command.addAll(List.of(
                "sh",
                "-c",
                "mount -t tmpfs -o size=" + mebibytes + "m polylog-test '" + data + "' && exec \"$0\" \"$@\""));
        return command;
    }

    private static List<String> namespace() {
        for (List<String> candidate : List.of(List.of("unshare", "-m"), List.of("unshare", "-r", "-m"))) {
            List<String> trial = new ArrayList<>(candidate);
            trial.add("true");
            if (succeeds(trial)) {
                return candidate;
            }
        }
        throw new AssertionError("this test fills a file system of its own, for which it mounts one: run it as root,"
                + " or allow user namespaces (sysctl kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu)");
    }

    private static boolean succeeds(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException absent) {
            return false;
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /** The disk of a gateway that was started through {@link #mountAt}. */
    static SmallDisk of(StartedGateway gateway, Path data) {
        return new SmallDisk(gateway.reach(data));
    }

    /** Fills the disk until so many bytes are left, more or less. */
    void fill(long left) throws IOException {
        byte[] block = new byte[64 << 10];
        try (OutputStream out = Files.newOutputStream(ballast)) {
            while (data.toFile().getUsableSpace() > left) {
                out.write(block, 0, (int) Math.min(block.length, data.toFile().getUsableSpace() - left));
            }
        } catch (IOException full) {
            if (left > 0) {
                throw full;
            }
        }
    }

    void free() throws IOException {
        Files.delete(ballast);
    }
}
