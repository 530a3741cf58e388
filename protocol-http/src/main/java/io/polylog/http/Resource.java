package io.polylog.http;

import java.util.concurrent.CompletionStage;

/** Something at paths of its own, for those alone who are on this machine. Any thread. */
interface Resource extends AutoCloseable {

    /** Whether a path leads here. */
    boolean covers(RequestTarget target);

    /** The methods of a path that leads here, such as {@code GET, HEAD}. */
    String allowed(RequestTarget target);

    /** The answer to a request whose method is {@linkplain #allowed}; never fails, and completes on any thread. */
    CompletionStage<Reply> answer(RequestTarget target);

    @Override
    void close();
}
