package io.polylog.server.differential;

import java.util.List;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialDeletion;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialUpsertion;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData.UserName;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/** Passwords of users as SCRAM keeps them: given, looked at, taken away. */
final class ScramScenario implements Scenario {

    private static final byte SHA_256 = 1;
    private static final byte SHA_512 = 2;

    @Override
    public void run(Play play) {
        play.everyVersion(ApiKeys.ALTER_USER_SCRAM_CREDENTIALS, version -> alters(play, version));
        play.everyVersion(ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS, version -> describes(play, version));
    }

    private static void alters(Play play, int version) {
        give(play, "given", version, credential("dora", SHA_256, 4096));
        give(play, "given in another way too", version, credential("dora", SHA_512, 8192));
        give(play, "given to two", version, credential("emil", SHA_256, 4096), credential("fred", SHA_256, 5000));
        give(play, "given twice", version, credential("twice", SHA_256, 4096), credential("twice", SHA_256, 4097));
        give(play, "given to no name", version, credential("", SHA_256, 4096));
        give(play, "given in an unknown way", version, credential("gina", (byte) 7, 4096));
        give(play, "given with too few rounds", version, credential("gina", SHA_256, 4095));
        give(play, "given with too many rounds", version, credential("gina", SHA_256, 16_385));
        give(
                play,
                "given, one of them with too few rounds",
                version,
                credential("hans", SHA_256, 4096),
                credential("hans", SHA_512, 1));
        take(play, "taken away", version, deletion("fred", SHA_256));
        take(play, "taken from nobody", version, deletion("nobody", SHA_256));
        take(play, "taken in a way that it was not given", version, deletion("emil", SHA_512));
        take(play, "taken in an unknown way", version, deletion("emil", (byte) 0));
        play.ask(
                "given and taken",
                ApiKeys.ALTER_USER_SCRAM_CREDENTIALS,
                version,
                new AlterUserScramCredentialsRequestData()
                        .setUpsertions(List.of(credential("ina", SHA_256, 4096)))
                        .setDeletions(List.of(deletion("ina", SHA_256))));
    }

    private static ScramCredentialUpsertion credential(String user, byte mechanism, int iterations) {
        return new ScramCredentialUpsertion()
                .setName(user)
                .setMechanism(mechanism)
                .setIterations(iterations)
                .setSalt(new byte[] {1, 2, 3, 4})
                .setSaltedPassword(new byte[mechanism == SHA_512 ? 64 : 32]);
    }

    private static ScramCredentialDeletion deletion(String user, byte mechanism) {
        return new ScramCredentialDeletion().setName(user).setMechanism(mechanism);
    }

    private static void give(Play play, String step, int version, ScramCredentialUpsertion... credentials) {
        play.ask(
                step,
                ApiKeys.ALTER_USER_SCRAM_CREDENTIALS,
                version,
                new AlterUserScramCredentialsRequestData().setUpsertions(List.of(credentials)));
    }

    private static void take(Play play, String step, int version, ScramCredentialDeletion... deletions) {
        play.ask(
                step,
                ApiKeys.ALTER_USER_SCRAM_CREDENTIALS,
                version,
                new AlterUserScramCredentialsRequestData().setDeletions(List.of(deletions)));
    }

    private static void describes(Play play, int version) {
        // Brokers hear of it a moment after it is durable.
        play.prepare(ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS, 0, side -> of("fred", "emil"), answer -> {
            var results = ((DescribeUserScramCredentialsResponseData) answer).results();
            return results.stream().filter(result -> result.errorCode() == 0).count() == 1;
        });
        describe(play, "of all", version, new DescribeUserScramCredentialsRequestData().setUsers(null));
        describe(play, "of none in particular", version, of());
        describe(play, "of some, one of them unknown", version, of("dora", "nobody", "emil"));
        describe(play, "of one twice", version, of("dora", "dora"));
        describe(play, "of no name", version, of(""));
    }

    private static DescribeUserScramCredentialsRequestData of(String... users) {
        return new DescribeUserScramCredentialsRequestData()
                .setUsers(List.of(users).stream()
                        .map(user -> new UserName().setName(user))
                        .toList());
    }

    private static void describe(Play play, String step, int version, DescribeUserScramCredentialsRequestData request) {
        play.ask(step, ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS, version, request);
    }
}
