package io.polylog.kafka.handler;

import io.polylog.kafka.codec.Reply;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.message.UpdateFeaturesResponseData.UpdatableFeatureResult;
import org.apache.kafka.common.protocol.Errors;

/**
 * UpdateFeatures (KIP-584): what the gateway can do is not switched on and off, so every level but the present one is
 * refused. From version 2 on one refusal is the answer to the whole request (KIP-1022).
 */
final class UpdateFeaturesHandler implements RequestHandler<UpdateFeaturesRequestData> {

    private static final short FIRST_VERSION_OF_ALL_OR_NOTHING = 2;

    private final Features features;

    UpdateFeaturesHandler(Features features) {
        this.features = features;
    }

    @Override
    public CompletionStage<Reply> handle(Call call, UpdateFeaturesRequestData request) {
        UpdateFeaturesResponseData response = new UpdateFeaturesResponseData().setErrorMessage(null);
        for (FeatureUpdateKey update : request.featureUpdates()) {
            Optional<String> objection = objection(update);
            if (call.version() < FIRST_VERSION_OF_ALL_OR_NOTHING) {
                response.results().add(result(update, objection));
            } else if (objection.isPresent()) {
                response.setErrorCode(Errors.INVALID_UPDATE_VERSION.code())
                        .setErrorMessage("The update failed for all features since the following feature had an error: "
                                + objection.get());
                break;
            }
        }
        return CompletableFuture.completedFuture(Reply.of(response));
    }

    private static UpdatableFeatureResult result(FeatureUpdateKey update, Optional<String> objection) {
        Errors error = objection.isEmpty() ? Errors.NONE : Errors.INVALID_UPDATE_VERSION;
        return new UpdatableFeatureResult()
                .setFeature(update.feature())
                .setErrorCode(error.code())
                .setErrorMessage(objection.orElse(null));
    }

    private Optional<String> objection(FeatureUpdateKey update) {
        short level = update.maxVersionLevel();
        return features.find(update.feature())
                .map(feature -> level == feature.level()
                        ? Optional.<String>empty()
                        : Optional.of("Invalid update version " + level + " for feature " + feature.name()
                                + ". The gateway's is fixed at " + feature.level() + "."))
                .orElseGet(() -> Optional.of("Invalid update version " + level + " for feature " + update.feature()
                        + ". The gateway does not have it."));
    }
}
