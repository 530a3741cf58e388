package io.polylog.server.endpoint;

import java.net.Inet6Address;
import java.net.InetSocketAddress;

/**
 * One address to connect to.
 *
 * @param host as it stands in a URL, so an IPv6 address is in brackets
 */
public record Endpoint(String host, int port) {

    public static Endpoint of(InetSocketAddress address) {
        String literal = address.getAddress().getHostAddress();
        return new Endpoint(
                address.getAddress() instanceof Inet6Address ? "[" + literal + "]" : literal, address.getPort());
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
