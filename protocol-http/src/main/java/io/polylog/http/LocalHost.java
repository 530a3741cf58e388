package io.polylog.http;

import java.util.Locale;

/**
 * Tells requests for this machine by name from those for a foreign name that somebody has pointed at this machine, which
 * is how a web page would read what a gateway on its reader's machine says about itself (DNS rebinding).
 */
final class LocalHost {

    private LocalHost() {}

    /** Whether that is what a {@code Host} header says who means this machine: a loopback address or {@code localhost}. */
    static boolean isLocal(String hostHeader) {
        String host = hostHeader.strip().toLowerCase(Locale.ROOT).replaceFirst(":\\d*$", "");
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
    }
}
