package io.polylog.engine;

import java.util.List;

/**
 * One position of a group's command log: commands that became durable together and are applied in one step.
 *
 * @param group the replica group
 * @param index position in the group's log, from 1, without gaps
 * @param term leader epoch under which it was taken
 * @param timeMs when it was taken, milliseconds since the Unix epoch
 * @param commands at least one; at most {@link #MAX_COMMANDS}, and {@link #MAX_BYTES} unless there is only one
 */
record Entry(int group, long index, int term, long timeMs, List<Command<?>> commands) {

    static final int MAX_COMMANDS = 4096;
    static final int MAX_BYTES = 1 << 20;

    Entry {
        commands = List.copyOf(commands);
        if (commands.isEmpty()) {
            throw new IllegalArgumentException("entry " + index + " of group " + group + " has no commands");
        }
    }
}
