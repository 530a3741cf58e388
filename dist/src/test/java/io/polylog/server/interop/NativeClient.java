package io.polylog.server.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One run of a client that is not written in Java. */
final class NativeClient implements AutoCloseable {

    private static final int PATIENCE_S = 60;

    private final Process process;
    private final Path out;

    private NativeClient(Process process, Path out) {
        this.process = process;
        this.out = out;
    }

    /** Starts it with that text as its input; its output goes to a file in the directory. */
    static NativeClient start(Path directory, String input, String... command) throws IOException {
        Path in = Files.writeString(Files.createTempFile(directory, "in", ".txt"), input);
        Path out = Files.createTempFile(directory, "out", ".txt");
        Process process = new ProcessBuilder(List.of(command))
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectErrorStream(true)
                .start();
        return new NativeClient(process, out);
    }

    /** Waits for its end and returns its output; fails unless it ended well. */
    String output() throws IOException, InterruptedException {
        String output = outputOfAnyEnd();
        if (process.exitValue() != 0) {
            throw new AssertionError("ended with " + process.exitValue() + ": " + output);
        }
        return output;
    }

    /** Waits for its end and returns its output, for clients that are expected to fail. */
    String outputOfAnyEnd() throws IOException, InterruptedException {
        if (!process.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
            throw new AssertionError("still running after " + PATIENCE_S + " s: " + soFar());
        }
        return soFar();
    }

    String soFar() throws IOException {
        return Files.readString(out, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
