package io.polylog.kafka.sasl;

import io.polylog.config.ConfigKey;
import io.polylog.config.Settings;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The settings by which clients of the Kafka door prove who they are. */
public final class SaslKeys {

    static final String PLAIN = "PLAIN";
    static final String OAUTHBEARER = "OAUTHBEARER";

    private static final List<String> KNOWN = List.of(PLAIN, "SCRAM-SHA-256", "SCRAM-SHA-512", OAUTHBEARER);

    static final ConfigKey<Set<String>> MECHANISMS = new ConfigKey<>(
            "kafka.sasl.mechanisms",
            "",
            "How clients prove who they are, with commas between: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER; empty:"
                    + " they are not asked. PLAIN is offered over TLS and on loopback only.",
            SaslKeys::mechanisms);

    static final ConfigKey<Integer> SESSION_LIFETIME_MS = ConfigKey.integer(
            "kafka.sasl.session-lifetime-ms",
            0,
            0,
            Integer.MAX_VALUE,
            "Milliseconds after which a client has to prove again who it is; 0: never, but for tokens, which expire.");

    static final ConfigKey<String> JWKS = ConfigKey.text(
            "kafka.sasl.oauthbearer-jwks",
            "",
            "File, or address that begins with https://, of the keys that tokens are signed with, as a JSON web key set.");

    static final ConfigKey<String> ISSUER =
            ConfigKey.text("kafka.sasl.oauthbearer-issuer", "", "Who tokens must be issued by: their claim iss.");

    static final ConfigKey<String> AUDIENCE =
            ConfigKey.text("kafka.sasl.oauthbearer-audience", "", "Whom tokens must be meant for: their claim aud.");

    static final ConfigKey<String> PRINCIPAL_CLAIM = ConfigKey.text(
            "kafka.sasl.oauthbearer-principal-claim", "sub", "The claim of a token that names the user.");

    private SaslKeys() {}

    public static List<ConfigKey<?>> all() {
        return List.of(MECHANISMS, SESSION_LIFETIME_MS, JWKS, ISSUER, AUDIENCE, PRINCIPAL_CLAIM);
    }

    /** Whether clients are asked at all. */
    public static boolean asked(Settings settings) {
        return !settings.get(MECHANISMS).isEmpty();
    }

    /** What no key can see alone, a sentence for each fault. */
    public static List<String> faults(Settings settings) {
        List<String> faults = new ArrayList<>();
        if (settings.get(MECHANISMS).contains(OAUTHBEARER)) {
            for (ConfigKey<String> needed : List.of(JWKS, ISSUER, AUDIENCE)) {
                if (settings.get(needed).isEmpty()) {
                    faults.add(MECHANISMS.name() + " has OAUTHBEARER, which needs " + needed.name()
                            + ", or tokens that were made for others would be taken");
                }
            }
        }
        return faults;
    }

    private static Set<String> mechanisms(String text) {
        Set<String> mechanisms = new LinkedHashSet<>();
        for (String one : text.split(",")) {
            String mechanism = one.strip();
            if (KNOWN.contains(mechanism)) {
                mechanisms.add(mechanism);
            } else if (!mechanism.isEmpty()) {
                throw new IllegalArgumentException("must be some of " + String.join(", ", KNOWN));
            }
        }
        return mechanisms;
    }
}
