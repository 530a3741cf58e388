package io.polylog.spi;

import java.net.InetAddress;

/** How many connections a listener has at a time. Asked for each new one, on its event loop: answers at once, from memory. */
public interface ConnectionLimits {

    /** From all addresses together, from 0. */
    int total();

    /** From one address, from 0. */
    int from(InetAddress address);

    /** The same numbers for ever. */
    static ConnectionLimits of(int total, int perAddress) {
        return new ConnectionLimits() {
            @Override
            public int total() {
                return total;
            }

            @Override
            public int from(InetAddress address) {
                return perAddress;
            }
        };
    }
}
