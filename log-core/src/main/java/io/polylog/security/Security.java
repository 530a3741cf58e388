package io.polylog.security;

/** Who may do what: one model for all doors. */
public record Security(Acls acls, Credentials credentials, Quotas quotas) {}
