package io.polylog.kafka.handler;

import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.ErrorMapping;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import io.polylog.security.Credentials;
import io.polylog.security.ScramCredential;
import io.polylog.security.ScramMechanism;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.DuplicateResourceException;
import org.apache.kafka.common.errors.ResourceNotFoundException;
import org.apache.kafka.common.errors.UnacceptableCredentialException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialDeletion;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialUpsertion;
import org.apache.kafka.common.message.AlterUserScramCredentialsResponseData;
import org.apache.kafka.common.message.AlterUserScramCredentialsResponseData.AlterUserScramCredentialsResult;
import org.apache.kafka.common.protocol.Errors;

/**
 * AlterUserScramCredentials: sets and removes credentials, of each user all or none (KIP-554). The password has been salted
 * by the client; what is kept cannot be turned back into it.
 */
final class AlterUserScramCredentialsHandler implements RequestHandler<AlterUserScramCredentialsRequestData> {

    private final Credentials credentials;

    AlterUserScramCredentialsHandler(Credentials credentials) {
        this.credentials = credentials;
    }

    /** What a request asks for one user, or why it cannot have it. */
    private static final class Wish {
        final List<Credentials.Change> changes = new ArrayList<>();
        Optional<ApiException> refusal = Optional.empty();

        void refuse(ApiException why) {
            refusal = refusal.or(() -> Optional.of(why));
        }
    }

    @Override
    public CompletionStage<Reply> handle(Call call, AlterUserScramCredentialsRequestData request) {
        Map<String, Wish> wishes = new LinkedHashMap<>();
        for (ScramCredentialDeletion deletion : request.deletions()) {
            collect(wish(wishes, deletion.name()), deletion.name(), deletion.mechanism(), mechanism -> {
                if (credentials.all().getOrDefault(deletion.name(), List.of()).stream()
                        .noneMatch(one -> one.mechanism() == mechanism)) {
                    throw new ResourceNotFoundException("Attempt to delete a user credential that does not exist");
                }
                return Optional.empty();
            });
        }
        for (ScramCredentialUpsertion upsertion : request.upsertions()) {
            collect(
                    wish(wishes, upsertion.name()),
                    upsertion.name(),
                    upsertion.mechanism(),
                    mechanism -> Optional.of(credential(upsertion, mechanism)));
        }
        List<Credentials.Change> changes = new ArrayList<>();
        wishes.values().stream().filter(wish -> wish.refusal.isEmpty()).forEach(wish -> changes.addAll(wish.changes));
        CompletionStage<Void> changed =
                changes.isEmpty() ? CompletableFuture.completedFuture(null) : credentials.change(changes);
        return changed.handle((done, failure) -> answer(
                wishes,
                Optional.ofNullable(failure).map(cause -> ErrorMapping.of(cause).exception())));
    }

    private static Wish wish(Map<String, Wish> wishes, String user) {
        return wishes.computeIfAbsent(user, name -> new Wish());
    }

    private interface Meaning {
        Optional<ScramCredential> of(ScramMechanism mechanism);
    }

    private static void collect(Wish wish, String user, byte code, Meaning meaning) {
        try {
            ScramMechanism mechanism = ScramTypes.mechanism(code)
                    .orElseThrow(() -> new UnsupportedSaslMechanismException("Unknown SCRAM mechanism"));
            if (wish.changes.stream().anyMatch(other -> other.mechanism() == mechanism)) {
                throw new DuplicateResourceException("A user credential cannot be altered twice in the same request");
            }
            if (user.isEmpty()) {
                throw new UnacceptableCredentialException("Username must not be empty");
            }
            wish.changes.add(new Credentials.Change(user, mechanism, meaning.of(mechanism)));
        } catch (ApiException refused) {
            wish.refuse(refused);
        } catch (IllegalArgumentException refused) {
            wish.refuse(new UnacceptableCredentialException(refused.getMessage()));
        }
    }

    private static ScramCredential credential(ScramCredentialUpsertion upsertion, ScramMechanism mechanism) {
        int iterations = upsertion.iterations();
        if (iterations < ScramMechanism.MIN_ITERATIONS || iterations > ScramMechanism.MAX_ITERATIONS) {
            throw new UnacceptableCredentialException(
                    iterations < ScramMechanism.MIN_ITERATIONS ? "Too few iterations" : "Too many iterations");
        }
        if (upsertion.saltedPassword().length != mechanism.keyBytes()) {
            throw new UnacceptableCredentialException("Salted password of " + upsertion.saltedPassword().length
                    + " bytes, and not of " + mechanism.keyBytes());
        }
        return ScramCredential.ofSalted(mechanism, upsertion.saltedPassword(), upsertion.salt(), iterations);
    }

    private static Reply answer(Map<String, Wish> wishes, Optional<ApiException> failure) {
        AlterUserScramCredentialsResponseData response = new AlterUserScramCredentialsResponseData();
        wishes.forEach((user, wish) -> {
            AlterUserScramCredentialsResult result =
                    new AlterUserScramCredentialsResult().setUser(user).setErrorMessage(null);
            wish.refusal
                    .or(() -> failure)
                    .ifPresent(why ->
                            result.setErrorCode(Errors.forException(why).code()).setErrorMessage(why.getMessage()));
            response.results().add(result);
        });
        return Reply.of(response);
    }
}
