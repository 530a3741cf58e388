package io.polylog.kafka.handler;

import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import io.polylog.security.Credentials;
import io.polylog.security.ScramCredential;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData.UserName;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData.CredentialInfo;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData.DescribeUserScramCredentialsResult;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** DescribeUserScramCredentials: who has which, and how often salted; never keys or salt (KIP-554). */
final class DescribeUserScramCredentialsHandler implements RequestHandler<DescribeUserScramCredentialsRequestData> {

    private final Credentials credentials;

    DescribeUserScramCredentialsHandler(Credentials credentials) {
        this.credentials = credentials;
    }

    @Override
    public CompletionStage<Reply> handle(Call call, DescribeUserScramCredentialsRequestData request) {
        return CompletableFuture.completedFuture(Reply.of(describe(request)));
    }

    private DescribeUserScramCredentialsResponseData describe(DescribeUserScramCredentialsRequestData request) {
        SortedMap<String, List<ScramCredential>> all = credentials.all();
        DescribeUserScramCredentialsResponseData response = new DescribeUserScramCredentialsResponseData();
        if (request.users() == null || request.users().isEmpty()) {
            all.forEach((user, its) -> response.results().add(result(user, its)));
            return response;
        }
        Map<String, Integer> asked = new LinkedHashMap<>();
        for (UserName user : request.users()) {
            asked.merge(user.name(), 1, Integer::sum);
        }
        asked.forEach((user, times) -> response.results().add(result(user, times, all.get(user))));
        return response;
    }

    private static DescribeUserScramCredentialsResult result(
            String user, int times, @Nullable List<ScramCredential> credentials) {
        if (times > 1) {
            return error(
                    user,
                    Errors.DUPLICATE_RESOURCE,
                    "Cannot describe SCRAM credentials for the same user twice in a single request: " + user);
        }
        return credentials == null
                ? error(
                        user,
                        Errors.RESOURCE_NOT_FOUND,
                        "Attempt to describe a user credential that does not exist: " + user)
                : result(user, credentials);
    }

    private static DescribeUserScramCredentialsResult error(String user, Errors error, String message) {
        return new DescribeUserScramCredentialsResult()
                .setUser(user)
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }

    private static DescribeUserScramCredentialsResult result(String user, List<ScramCredential> credentials) {
        DescribeUserScramCredentialsResult result = new DescribeUserScramCredentialsResult().setUser(user);
        for (ScramCredential credential : credentials) {
            result.credentialInfos()
                    .add(new CredentialInfo()
                            .setMechanism(ScramTypes.code(credential.mechanism()))
                            .setIterations(credential.iterations()));
        }
        return result;
    }
}
