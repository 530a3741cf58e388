package io.polylog.kafka.sasl;

import io.polylog.config.Settings;
import io.polylog.time.EpochClock;
import java.util.Set;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.lang.UnresolvableKeyException;
import org.jspecify.annotations.Nullable;

/**
 * Checks JSON web tokens (RFC 7519): signed by a key of the set with a public-key algorithm, by the right issuer, for the
 * right audience, in time, and with a name. May block while keys are fetched. Any thread.
 */
final class TokenCheck {

    /** What the clocks of issuer and gateway may differ by. */
    static final int CLOCK_SKEW_SECONDS = 30;

    /** Never {@code none}, and no shared secrets: whoever could check those could make them. */
    private static final AlgorithmConstraints ALGORITHMS = new AlgorithmConstraints(
            ConstraintType.PERMIT,
            AlgorithmIdentifiers.RSA_USING_SHA256,
            AlgorithmIdentifiers.RSA_USING_SHA384,
            AlgorithmIdentifiers.RSA_USING_SHA512,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA256,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA384,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA512,
            AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
            AlgorithmIdentifiers.ECDSA_USING_P384_CURVE_AND_SHA384,
            AlgorithmIdentifiers.ECDSA_USING_P521_CURVE_AND_SHA512);

    private final KeySet keys;
    private final String issuer;
    private final String audience;
    private final String principalClaim;
    private final EpochClock clock;

    TokenCheck(KeySet keys, String issuer, String audience, String principalClaim, EpochClock clock) {
        this.keys = keys;
        this.issuer = issuer;
        this.audience = audience;
        this.principalClaim = principalClaim;
        this.clock = clock;
    }

    static TokenCheck of(Settings settings, EpochClock clock) {
        return new TokenCheck(
                new KeySet(settings.get(SaslKeys.JWKS), clock),
                settings.get(SaslKeys.ISSUER),
                settings.get(SaslKeys.AUDIENCE),
                settings.get(SaslKeys.PRINCIPAL_CLAIM),
                clock);
    }

    /** A token that proves nothing; why, is not said: the reasons quote claims. */
    static final class RefusedTokenException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedTokenException(Exception cause) {
            super(cause);
        }
    }

    OAuthBearerToken accept(String token) throws RefusedTokenException {
        try {
            JwtClaims claims = claims(token);
            String name = claims.getStringClaimValue(principalClaim);
            if (name == null || name.isEmpty()) {
                throw new MalformedClaimException("no " + principalClaim);
            }
            return new AcceptedToken(token, name, claims.getExpirationTime().getValueInMillis());
        } catch (InvalidJwtException | MalformedClaimException refused) {
            throw new RefusedTokenException(refused);
        }
    }

    private JwtClaims claims(String token) throws InvalidJwtException {
        try {
            return consumer().processToClaims(token);
        } catch (InvalidJwtException refused) {
            // Keys are changed from time to time; a token may be signed with one that has just come.
            if (hasCause(refused, UnresolvableKeyException.class) && keys.refresh()) {
                return consumer().processToClaims(token);
            }
            throw refused;
        }
    }

    private static boolean hasCause(Throwable failure, Class<?> type) {
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    private JwtConsumer consumer() {
        return new JwtConsumerBuilder()
                .setVerificationKeyResolver(keys.resolver())
                .setJwsAlgorithmConstraints(ALGORITHMS)
                .setRequireExpirationTime()
                .setExpectedIssuer(issuer)
                .setExpectedAudience(audience)
                .setEvaluationTime(NumericDate.fromMilliseconds(clock.timeMs()))
                .setAllowedClockSkewInSeconds(CLOCK_SKEW_SECONDS)
                .build();
    }

    /** What Kafka's SASL server wants to see of a token. */
    private record AcceptedToken(String value, String principalName, long lifetimeMs) implements OAuthBearerToken {

        @Override
        public Set<String> scope() {
            return Set.of();
        }

        @Override
        public @Nullable Long startTimeMs() {
            return null;
        }

        @Override
        public String toString() {
            return "token of " + principalName;
        }
    }
}
