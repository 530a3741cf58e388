package io.polylog.group;

import java.net.InetAddress;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Who sends a group request.
 *
 * @param clientId the client's name for itself; empty if it has none
 * @param address where it connects from; shown when the group is described
 * @param apiVersion version of the request; decides what an answer may contain
 * @param sees whether the caller may see a topic; asked on coordinator threads, also after the answer
 */
public record Caller(String clientId, InetAddress address, short apiVersion, Predicate<String> sees) {

    public Caller {
        Objects.requireNonNull(clientId, "clientId");
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(sees, "sees");
    }

    /** One that may see every topic, or asks for none by a pattern. */
    public Caller(String clientId, InetAddress address, short apiVersion) {
        this(clientId, address, apiVersion, topic -> true);
    }

    public Caller seeing(Predicate<String> topics) {
        return new Caller(clientId, address, apiVersion, topics);
    }
}
