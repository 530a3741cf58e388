package io.polylog.engine;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Changes rows of the {@link SecurityState} in one step: removes some, then puts others. Body: pairs of those put, int32
 * count of those removed, their keys. Refused if there would be too many rows; a key that is not there is no fault.
 */
public record ChangeSecurity(Map<String, String> put, List<String> removed) implements Command<Boolean> {

    static final byte TYPE = 90;

    /** Rows of one command. */
    public static final int MAX_ROWS = 4096;

    public ChangeSecurity {
        put = Map.copyOf(put);
        removed = List.copyOf(removed);
    }

    @Override
    public byte type() {
        return TYPE;
    }

    /** A right that is taken away must go also when the disk is nearly full. */
    @Override
    public Growth growth() {
        return Growth.LITTLE;
    }

    @Override
    public int sizeInBytes() {
        int size = Encoding.sizeOf(put) + Integer.BYTES;
        for (String key : removed) {
            size += Encoding.sizeOf(key);
        }
        return size;
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putMap(target, put);
        target.putInt(removed.size());
        removed.forEach(key -> Encoding.putText(target, key));
    }

    static ChangeSecurity read(ByteBuffer body) {
        Map<String, String> put = Encoding.map(body);
        int count = body.getInt();
        List<String> removed = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            removed.add(Encoding.text(body));
        }
        return new ChangeSecurity(put, removed);
    }

    @Override
    public Boolean applyTo(GroupState state, ApplyContext context) {
        state.security().change(put, removed, context);
        return true;
    }
}
