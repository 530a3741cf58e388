package io.polylog.kafka.sasl;

import io.netty.channel.Channel;
import io.polylog.net.TlsPeer;
import io.polylog.security.Principal;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;
import org.apache.kafka.common.errors.IllegalSaslStateException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.security.authenticator.SaslInternalConfigs;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is at the other end of one connection, and how that came to be known: by SASL where the door asks for it, else by
 * the certificate, else not at all. Owned by the connection's event loop.
 */
public final class Login {

    /** What a client may say before it is known who it is. */
    private static final Set<ApiKeys> FREE =
            Set.of(ApiKeys.API_VERSIONS, ApiKeys.SASL_HANDSHAKE, ApiKeys.SASL_AUTHENTICATE);

    /**
     * Tokens of one exchange: SCRAM has two, and a bearer of tokens who is refused says one more word. Kafka's server
     * would weigh one after the other.
     */
    static final int MAX_TOKENS = 2;

    private static final Logger log = LoggerFactory.getLogger(Login.class);

    private final LoginRules rules;
    private final Channel channel;
    private final Runnable onKnown;

    private @Nullable Principal principal;
    private String mechanism = "";
    private @Nullable SaslServer exchange;
    private boolean raw;
    private boolean stepping;
    private int tokens;
    private long sessionEndMs = Long.MAX_VALUE;

    /**
     * @param onKnown run when it is known who the client is, each time
     */
    public Login(LoginRules rules, Channel channel, Runnable onKnown) {
        this.rules = rules;
        this.channel = channel;
        this.onKnown = onKnown;
    }

    /** What a step has come to. */
    public static final class Step {
        private final byte[] challenge;
        private final long lifetimeMs;

        Step(byte[] challenge, long lifetimeMs) {
            this.challenge = challenge;
            this.lifetimeMs = lifetimeMs;
        }

        /** For the client. */
        public byte[] challenge() {
            return challenge;
        }

        /** What is left of the session, once it has begun; 0 if it has no end. */
        public long lifetimeMs() {
            return lifetimeMs;
        }
    }

    /** Whether it is known who the client is, or nobody asks. */
    public boolean isKnown() {
        return !rules.asks() || principal != null;
    }

    /** Who the client is; {@link Principal#ANONYMOUS} if nobody has asked. */
    public Principal principal() {
        Principal known = principal;
        if (known == null) {
            if (rules.asks()) {
                return Principal.ANONYMOUS;
            }
            known = TlsPeer.subject(channel).map(Principal::user).orElse(Principal.ANONYMOUS);
            principal = known;
        }
        return known;
    }

    /** Why a request must not be answered, and its connection be closed; empty if it may. */
    public Optional<String> refusal(ApiKeys key) {
        if (FREE.contains(key) || !rules.asks()) {
            return Optional.empty();
        }
        if (principal == null || exchange != null) {
            return Optional.of(key.name + " before authentication");
        }
        return rules.nowMs() >= sessionEndMs ? Optional.of("session expired") : Optional.empty();
    }

    public List<String> offered() {
        return rules.offered(channel);
    }

    /**
     * Begins to prove it, perhaps again (KIP-368).
     *
     * @param bare whether tokens follow without Kafka's headers, as after version 0 of SaslHandshake
     * @throws IllegalSaslStateException if this is not the time for it
     * @throws UnsupportedSaslMechanismException if that is not offered here
     */
    public void begin(String asked, boolean bare) {
        boolean again = principal != null && sessionEndMs != Long.MAX_VALUE && !bare;
        if (!rules.asks() || exchange != null || (principal != null && !again)) {
            throw new IllegalSaslStateException("SaslHandshake is not expected now");
        }
        if (!offered().contains(asked)) {
            throw new UnsupportedSaslMechanismException("SASL mechanism is not offered here");
        }
        if (again && !asked.equals(mechanism)) {
            throw new IllegalSaslStateException("a session keeps its SASL mechanism");
        }
        mechanism = asked;
        exchange = rules.server(asked);
        raw = bare;
        tokens = 0;
    }

    /** Whether the next frame is a token without header. */
    public boolean expectsRawToken() {
        return raw && exchange != null;
    }

    /**
     * Takes the next token. Fails with {@link SaslAuthenticationException}, and the connection must be closed then;
     * completes on the event loop.
     */
    public CompletionStage<Step> step(byte[] token) {
        SaslServer server = exchange;
        if (server == null || stepping) {
            return CompletableFuture.failedFuture(
                    new IllegalSaslStateException("SaslAuthenticate is not expected now"));
        }
        if (++tokens > MAX_TOKENS) {
            return CompletableFuture.failedFuture(failed());
        }
        stepping = true;
        return CompletableFuture.supplyAsync(() -> evaluate(server, token), rules.workers())
                .handleAsync(
                        (challenge, failure) -> {
                            stepping = false;
                            if (failure != null) {
                                throw failed();
                            }
                            return taken(server, challenge);
                        },
                        channel.eventLoop());
    }

    private static byte[] evaluate(SaslServer server, byte[] token) {
        try {
            byte[] challenge = server.evaluateResponse(token);
            return challenge == null ? new byte[0] : challenge;
        } catch (SaslException refused) {
            throw new SaslAuthenticationException("refused", refused);
        }
    }

    /** The reason is for nobody: it tells of users and passwords. */
    private SaslAuthenticationException failed() {
        exchange = null;
        rules.failed(mechanism);
        log.atWarn()
                .addKeyValue("client", channel.remoteAddress())
                .addKeyValue("mechanism", mechanism)
                .log("authentication failed: connection closed");
        return new SaslAuthenticationException("Authentication failed with SASL mechanism " + mechanism);
    }

    private Step taken(SaslServer server, byte[] challenge) {
        if (!server.isComplete()) {
            return new Step(challenge, 0);
        }
        Principal proved;
        try {
            proved = Principal.user(server.getAuthorizationID());
        } catch (IllegalArgumentException noName) { // a token may name a user as it likes
            throw failed();
        }
        if (principal != null && !principal.equals(proved)) { // a session keeps its user
            throw failed();
        }
        Optional<Long> credentialEndMs = Optional.ofNullable((Long)
                server.getNegotiatedProperty(SaslInternalConfigs.CREDENTIAL_LIFETIME_MS_SASL_NEGOTIATED_PROPERTY_KEY));
        principal = proved;
        exchange = null;
        sessionEndMs = rules.sessionEndMs(credentialEndMs);
        onKnown.run();
        return new Step(challenge, sessionEndMs == Long.MAX_VALUE ? 0 : Math.max(1, sessionEndMs - rules.nowMs()));
    }
}
