package io.polylog.server.differential;

import java.util.List;
import java.util.regex.Pattern;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * A difference that stands, and why.
 *
 * @param apis where it occurs
 * @param steps in which steps: a pattern for their whole name
 * @param paths in which places of the answer: a pattern for the whole path
 * @param kafka what Kafka answers there, in words
 * @param polylog what the gateway answers
 * @param reason why that is right, or does no harm
 */
record Accepted(List<ApiKeys> apis, Pattern steps, Pattern paths, String kafka, String polylog, String reason) {

    private static final String ANY = ".*";

    static Accepted in(ApiKeys api, String paths, String kafka, String polylog, String reason) {
        return in(List.of(api), paths, kafka, polylog, reason);
    }

    static Accepted in(List<ApiKeys> apis, String paths, String kafka, String polylog, String reason) {
        return new Accepted(apis, Pattern.compile(ANY), Pattern.compile(paths), kafka, polylog, reason);
    }

    /** The same, in steps of that name only. */
    Accepted at(String stepPattern) {
        return new Accepted(apis, Pattern.compile(stepPattern), paths, kafka, polylog, reason);
    }

    boolean covers(Difference difference) {
        return apis.contains(difference.api())
                && steps.matcher(difference.step()).matches()
                && paths.matcher(difference.path()).matches();
    }
}
