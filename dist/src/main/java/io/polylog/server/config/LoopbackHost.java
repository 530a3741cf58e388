package io.polylog.server.config;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Accepts only addresses of this machine itself: until a listener can ask its clients who they are, being reachable
 * from the network would mean being open to it.
 */
final class LoopbackHost {

    private LoopbackHost() {}

    /**
     * The text again, if every address it stands for is a loopback address.
     *
     * @throws IllegalArgumentException with the reason and what to do
     */
    static String parse(String text) {
        InetAddress[] addresses;
        try {
            addresses = text.isBlank() ? new InetAddress[0] : InetAddress.getAllByName(text);
        } catch (UnknownHostException unknown) {
            throw new IllegalArgumentException("is not an address of this machine; use 127.0.0.1 or ::1", unknown);
        }
        for (InetAddress address : addresses) {
            if (!address.isLoopbackAddress()) {
                throw new IllegalArgumentException(
                        "would be open to the network, and this version cannot authenticate clients yet; use 127.0.0.1"
                                + " or ::1, and let remote clients in through an SSH tunnel or an authenticating proxy");
            }
        }
        if (addresses.length == 0) {
            throw new IllegalArgumentException("must be a loopback address such as 127.0.0.1 or ::1");
        }
        return text;
    }
}
