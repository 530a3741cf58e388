package io.polylog.group;

import java.net.InetAddress;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;

/**
 * A caller as Kafka's coordinator wants to see it. Doors authorise before they call, and {@link SightAuthorizer} asks the
 * caller itself, so principal and listener say nothing.
 */
record CallerContext(Caller caller, short apiKey) implements AuthorizableRequestContext {

    @Override
    public String clientId() {
        return caller.clientId();
    }

    @Override
    public InetAddress clientAddress() {
        return caller.address();
    }

    @Override
    public int requestType() {
        return apiKey;
    }

    @Override
    public int requestVersion() {
        return caller.apiVersion();
    }

    @Override
    public String listenerName() {
        return "";
    }

    @Override
    public SecurityProtocol securityProtocol() {
        return SecurityProtocol.PLAINTEXT;
    }

    @Override
    public KafkaPrincipal principal() {
        return KafkaPrincipal.ANONYMOUS;
    }

    @Override
    public int correlationId() {
        return 0;
    }
}
