package io.polylog.net;

/** Whether clients of a TLS port show a certificate. */
public enum ClientAuth {
    /** They are not asked for one. */
    NONE,
    /** They are asked; one that has none is let in without a name. */
    REQUESTED,
    /** The handshake fails without one. */
    REQUIRED
}
