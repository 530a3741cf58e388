package io.polylog.server.differential;

import java.util.Map;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/** What each side said to one step; a side that said nothing is not in it. */
record Answers(Map<Side, ApiMessage> bySide) {

    /** The answer of that side in its own class; a side that did not answer has an empty message of it. */
    <T extends ApiMessage> T of(Side side, Class<T> type) {
        @Nullable ApiMessage answer = bySide.get(side);
        if (answer == null) {
            throw new AssertionError(side.name + " gave no answer that the next step could be built from");
        }
        return type.cast(answer);
    }
}
