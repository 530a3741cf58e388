package io.polylog.session;

import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * A client's hold on its session, until another takes it.
 *
 * @param name the session's, unique in the gateway
 * @param sessionId the same as long as the session lives
 * @param id this hold; changes under another one are refused
 * @param present whether the session was there before
 * @param rows what it kept; empty if it was not there
 */
public record Attachment(String name, UUID sessionId, UUID id, boolean present, List<SessionRow> rows) {

    public Attachment {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(sessionId, "sessionId");
        Objects.requireNonNull(id, "id");
        rows = List.copyOf(rows);
    }
}
