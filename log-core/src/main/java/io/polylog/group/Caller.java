package io.polylog.group;

import java.net.InetAddress;
import java.util.Objects;

/**
 * Who sends a group request.
 *
 * @param clientId the client's name for itself; empty if it has none
 * @param address where it connects from; shown when the group is described
 * @param apiVersion version of the request; decides what an answer may contain
 */
public record Caller(String clientId, InetAddress address, short apiVersion) {

    public Caller {
        Objects.requireNonNull(clientId, "clientId");
        Objects.requireNonNull(address, "address");
    }
}
