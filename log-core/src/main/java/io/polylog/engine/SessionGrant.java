package io.polylog.engine;

import java.util.UUID;

/**
 * What opening a session gave.
 *
 * @param sessionId the same as long as the session lives
 * @param present whether it was there before
 */
public record SessionGrant(UUID sessionId, boolean present) {}
