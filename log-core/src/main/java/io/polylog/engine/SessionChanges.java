package io.polylog.engine;

import io.polylog.session.SessionChange;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** How commands write changes of a session's rows: int32 count, for each int32 length and key, int32 length and value, -1
 * to remove. */
final class SessionChanges {

    private SessionChanges() {}

    static int sizeInBytes(List<SessionChange> changes) {
        int size = Integer.BYTES;
        for (SessionChange change : changes) {
            size += 2 * Integer.BYTES + change.sizeInBytes();
        }
        return size;
    }

    static void write(ByteBuffer target, List<SessionChange> changes) {
        target.putInt(changes.size());
        for (SessionChange change : changes) {
            Encoding.putBytes(target, change.key());
            byte[] value = change.value();
            if (value == null) {
                target.putInt(-1);
            } else {
                Encoding.putBytes(target, value);
            }
        }
    }

    static List<SessionChange> read(ByteBuffer source) {
        int count = source.getInt();
        List<SessionChange> changes = new ArrayList<>(Math.min(count, SessionChange.MAX_CHANGES));
        for (int i = 0; i < count; i++) {
            byte[] key = Encoding.bytes(source);
            boolean removes = source.getInt(source.position()) < 0;
            if (removes) {
                source.getInt();
            }
            changes.add(new SessionChange(key, removes ? null : Encoding.bytes(source)));
        }
        return changes;
    }

    static List<SessionChange> checked(List<SessionChange> changes) {
        if (changes.size() > SessionChange.MAX_CHANGES) {
            throw new IllegalArgumentException(changes.size() + " changes of a session in one command");
        }
        return List.copyOf(changes);
    }
}
