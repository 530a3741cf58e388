package io.polylog.kafka.sasl;

import io.polylog.security.Credentials;
import io.polylog.security.ScramCredential;
import io.polylog.security.ScramMechanism;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.sasl.SaslServer;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerExtensionsValidatorCallback;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallback;
import org.apache.kafka.common.security.oauthbearer.internals.OAuthBearerSaslServer;
import org.apache.kafka.common.security.plain.PlainAuthenticateCallback;
import org.apache.kafka.common.security.plain.internals.PlainSaslServer;
import org.apache.kafka.common.security.scram.ScramCredentialCallback;
import org.apache.kafka.common.security.scram.internals.ScramSaslServer;

/**
 * Kafka's SASL servers over the gateway's credentials. Users that do not exist cost as much time as others and are
 * refused at the same step, so that nobody learns who exists. Any thread.
 */
final class SaslServers {

    private final Credentials credentials;
    private final Optional<TokenCheck> tokens;
    private final byte[] secret = new byte[32];

    SaslServers(Credentials credentials, Optional<TokenCheck> tokens) {
        this.credentials = credentials;
        this.tokens = tokens;
        new SecureRandom().nextBytes(secret);
    }

    SaslServer create(String mechanism) {
        if (mechanism.equals(SaslKeys.PLAIN)) {
            return new PlainSaslServer(this::checkPassword);
        }
        if (mechanism.equals(SaslKeys.OAUTHBEARER)) {
            return new OAuthBearerSaslServer(new TokenHandler());
        }
        try {
            return new ScramSaslServer(
                    org.apache.kafka.common.security.scram.internals.ScramMechanism.forMechanismName(mechanism),
                    Map.of(),
                    callbacks -> giveCredential(mechanism, callbacks));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void checkPassword(Callback[] callbacks) throws UnsupportedCallbackException {
        String user = "";
        for (Callback callback : callbacks) {
            if (callback instanceof NameCallback name) {
                user = name.getDefaultName();
            } else if (callback instanceof PlainAuthenticateCallback password) {
                password.authenticated(accepts(user, new String(password.password())));
            } else {
                throw new UnsupportedCallbackException(callback);
            }
        }
    }

    /** Whether it is the user's password, by the stronger of its credentials. */
    private boolean accepts(String user, String password) {
        ScramMechanism strong = ScramMechanism.SHA_512;
        ScramMechanism weak = ScramMechanism.SHA_256;
        Optional<ScramCredential> known = credentials.find(user, strong).or(() -> credentials.find(user, weak));
        boolean accepted = known.orElseGet(() -> decoy(user, strong)).accepts(password);
        return accepted && known.isPresent();
    }

    private void giveCredential(String mechanism, Callback[] callbacks) throws UnsupportedCallbackException {
        String user = "";
        for (Callback callback : callbacks) {
            if (callback instanceof NameCallback name) {
                user = name.getDefaultName();
            } else if (callback instanceof ScramCredentialCallback asked) {
                asked.scramCredential(kafkas(user, mechanism));
            } else { // of delegation tokens, which there are none of
                throw new UnsupportedCallbackException(callback);
            }
        }
    }

    private org.apache.kafka.common.security.scram.ScramCredential kafkas(String user, String mechanism) {
        ScramMechanism ours = ScramMechanism.named(mechanism).orElseThrow();
        ScramCredential credential = credentials.find(user, ours).orElseGet(() -> decoy(user, ours));
        return new org.apache.kafka.common.security.scram.ScramCredential(
                credential.salt(), credential.storedKey(), credential.serverKey(), credential.iterations());
    }

    /** A credential that no password fits, the same each time for the same name. */
    private ScramCredential decoy(String user, ScramMechanism mechanism) {
        byte[] noise;
        try {
            Mac mac = Mac.getInstance("HmacSHA512");
            mac.init(new SecretKeySpec(secret, "HmacSHA512"));
            noise = mac.doFinal((mechanism + " " + user).getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
        byte[] salt = Arrays.copyOf(noise, 24);
        byte[] key = Arrays.copyOfRange(noise, noise.length - mechanism.keyBytes(), noise.length);
        return new ScramCredential(mechanism, salt, ScramMechanism.MIN_ITERATIONS, key, key);
    }

    private void checkToken(Callback[] callbacks) throws UnsupportedCallbackException {
        for (Callback callback : callbacks) {
            if (callback instanceof OAuthBearerValidatorCallback asked) {
                TokenCheck check = tokens.orElseThrow(() -> new IllegalStateException("tokens are not taken"));
                try {
                    asked.token(check.accept(asked.tokenValue()));
                } catch (TokenCheck.RefusedTokenException refused) {
                    asked.error("invalid_token", null, null);
                }
            } else if (!(callback instanceof OAuthBearerExtensionsValidatorCallback)) { // of those nobody asks
                throw new UnsupportedCallbackException(callback);
            }
        }
    }

    /** The one kind of handler that Kafka's server of tokens takes. */
    private final class TokenHandler implements AuthenticateCallbackHandler {
        @Override
        public void configure(Map<String, ?> configs, String mechanism, List<AppConfigurationEntry> jaas) {}

        @Override
        public void handle(Callback[] callbacks) throws UnsupportedCallbackException {
            checkToken(callbacks);
        }

        @Override
        public void close() {}
    }
}
