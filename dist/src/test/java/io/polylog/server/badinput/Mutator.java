package io.polylog.server.badinput;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Puts mistakes into what clients said: flipped bits, numbers at their edges, missing, repeated and foreign pieces, and
 * messages in another order. The same seed makes the same mistakes in the same recordings.
 */
final class Mutator {

    private static final int MOST_MISTAKES = 3;
    private static final int MOST_BYTES = 512 * 1024;
    private static final int MOST_REPEATS = 40;
    private static final int MOST_REQUESTS = 6;
    private static final long[] EDGES = {
        0,
        1,
        -1,
        2,
        127,
        128,
        255,
        256,
        32_767,
        32_768,
        65_535,
        65_536,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        1 << 20,
        1 << 30,
        0x00FFFFFF,
        0x80000001L
    };

    private final Map<Door, List<byte[]>> recordings;
    private final Random random;

    Mutator(Map<Door, List<byte[]>> recordings, long seed) {
        this.recordings = recordings;
        this.random = new Random(seed);
    }

    Door door() {
        Door[] doors = Door.values();
        // HTTP is read and answered by a library alone: less of it.
        return random.nextInt(10) == 0 ? Door.HTTP : doors[random.nextInt(doors.length - 1)];
    }

    /** What a client said at that door, with mistakes. */
    byte[] next(Door door) {
        List<byte[]> messages = new ArrayList<>();
        if (door == Door.KAFKA && random.nextBoolean()) {
            addRequests(messages);
        } else {
            messages.addAll(Framing.split(door, any(door)));
        }
        int mistakes = 1 + random.nextInt(MOST_MISTAKES);
        for (int i = 0; i < mistakes && !messages.isEmpty(); i++) {
            mistake(door, messages);
        }
        byte[] bytes = AmqpWire.join(messages.toArray(byte[][]::new));
        return bytes.length > MOST_BYTES ? Arrays.copyOf(bytes, MOST_BYTES) : bytes;
    }

    /** What no stock client has said while it was recorded: any API in any version. */
    private void addRequests(List<byte[]> messages) {
        KafkaRequests requests = new KafkaRequests(random);
        messages.add(KafkaWire.greeting());
        for (int count = 1 + random.nextInt(MOST_REQUESTS); count > 0; count--) {
            messages.add(requests.next());
        }
    }

    private byte[] any(Door door) {
        List<byte[]> all = recordings.get(door);
        return all.get(random.nextInt(all.size()));
    }

    private void mistake(Door door, List<byte[]> messages) {
        int at = random.nextInt(messages.size());
        switch (random.nextInt(8)) {
            case 0 -> messages.remove(at);
            case 1 ->
                messages.add(
                        random.nextInt(messages.size() + 1), messages.get(at).clone());
            case 2 -> messages.add(at, messages.remove(random.nextInt(messages.size())));
            case 3 -> {
                List<byte[]> others = Framing.split(door, any(door));
                messages.add(at, others.get(random.nextInt(others.size())));
            }
            case 4 ->
                messages.subList(at + (random.nextBoolean() ? 1 : 0), messages.size())
                        .clear();
            default -> {
                byte[] wrong = spoil(messages.get(at).clone());
                // Mostly the message still ends where it says: otherwise little more than that would be looked at.
                messages.set(at, random.nextInt(4) > 0 ? Framing.repair(door, wrong) : wrong);
            }
        }
    }

    private byte[] spoil(byte[] message) {
        if (message.length == 0) {
            return message;
        }
        int at = random.nextInt(message.length);
        return switch (random.nextInt(7)) {
            case 0 -> {
                message[at] ^= (byte) (1 << random.nextInt(8));
                yield message;
            }
            case 1 -> {
                message[at] = (byte) random.nextInt(256);
                yield message;
            }
            case 2 -> number(message, at);
            case 3 -> Arrays.copyOf(message, at);
            case 4 -> {
                int end = at + random.nextInt(message.length - at);
                yield AmqpWire.join(Arrays.copyOf(message, at), Arrays.copyOfRange(message, end, message.length));
            }
            case 5 -> repeat(message, at);
            default -> {
                byte[] noise = new byte[1 + random.nextInt(16)];
                random.nextBytes(noise);
                yield AmqpWire.join(Arrays.copyOf(message, at), noise, Arrays.copyOfRange(message, at, message.length));
            }
        };
    }

    /** Overwrites some bytes with a number that is often forgotten, as a length or a count perhaps. */
    private byte[] number(byte[] message, int at) {
        long value = EDGES[random.nextInt(EDGES.length)];
        int width = 1 << random.nextInt(4);
        byte[] bytes = ByteBuffer.allocate(8).putLong(value).array();
        for (int i = 0; i < width && at + i < message.length; i++) {
            message[at + i] = bytes[8 - width + i];
        }
        return message;
    }

    private byte[] repeat(byte[] message, int at) {
        int end = at + 1 + random.nextInt(Math.min(64, message.length - at));
        byte[] piece = Arrays.copyOfRange(message, at, end);
        byte[][] parts = new byte[2 + random.nextInt(MOST_REPEATS)][];
        Arrays.fill(parts, piece);
        parts[0] = Arrays.copyOf(message, end);
        parts[parts.length - 1] = Arrays.copyOfRange(message, end, message.length);
        return AmqpWire.join(parts);
    }
}
