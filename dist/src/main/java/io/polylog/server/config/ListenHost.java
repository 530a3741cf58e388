package io.polylog.server.config;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** What stands for the addresses that a listener may have. */
final class ListenHost {

    private ListenHost() {}

    /**
     * The text again, if it stands for addresses at all.
     *
     * @throws IllegalArgumentException with the reason and what to do
     */
    static String parse(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("must be an address such as 127.0.0.1 or ::1");
        }
        addresses(text);
        return text;
    }

    /** Whether every address it stands for is one that only this machine reaches. */
    static boolean isLoopback(String text) {
        for (InetAddress address : addresses(text)) {
            if (!address.isLoopbackAddress()) {
                return false;
            }
        }
        return true;
    }

    private static InetAddress[] addresses(String text) {
        try {
            return InetAddress.getAllByName(text);
        } catch (UnknownHostException unknown) {
            throw new IllegalArgumentException("is not an address of this machine; use 127.0.0.1 or ::1", unknown);
        }
    }
}
