package io.polylog.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.UUID;

/**
 * Names the ledger of one share group on one partition. Written as topic id, int32 partition, text group id.
 *
 * @param groupId 1 to {@link #MAX_GROUP_ID_BYTES} bytes of UTF-8
 */
public record LedgerId(UUID topicId, int partition, String groupId) {

    /** Longest group id: 512 bytes, so that a queue's name with a prefix fits twice over. */
    public static final int MAX_GROUP_ID_BYTES = 512;

    public LedgerId {
        Objects.requireNonNull(topicId, "topicId");
        if (partition < 0) {
            throw new IllegalArgumentException("partition " + partition);
        }
        checkGroupId(groupId);
    }

    /**
     * @throws RefusedException {@code INVALID_CONFIG} if the name is empty or too long
     */
    public static void checkGroupId(String groupId) {
        int bytes = groupId.getBytes(UTF_8).length;
        if (bytes == 0 || bytes > MAX_GROUP_ID_BYTES) {
            throw new RefusedException(
                    Refusal.INVALID_CONFIG,
                    "a share group's name has 1 to " + MAX_GROUP_ID_BYTES + " bytes; this one has " + bytes);
        }
    }

    int sizeInBytes() {
        return Encoding.UUID_BYTES + Integer.BYTES + Encoding.sizeOf(groupId);
    }

    void writeTo(ByteBuffer target) {
        Encoding.putUuid(target, topicId);
        target.putInt(partition);
        Encoding.putText(target, groupId);
    }

    static LedgerId read(ByteBuffer source) {
        return new LedgerId(Encoding.uuid(source), source.getInt(), Encoding.text(source));
    }
}
