package io.polylog.security;

/**
 * Who asks, and from where.
 *
 * @param host numeric address of the peer
 */
public record Subject(Principal principal, String host) {}
