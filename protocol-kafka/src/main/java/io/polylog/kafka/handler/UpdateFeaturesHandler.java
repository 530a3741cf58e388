package io.polylog.kafka.handler;

import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
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
 * refused, and with it the whole request. Up to version 1 the answer also tells of each feature that was not.
 */
final class UpdateFeaturesHandler implements RequestHandler<UpdateFeaturesRequestData> {

    private static final short LAST_VERSION_WITH_RESULTS = 1;

    private final Features features;

    UpdateFeaturesHandler(Features features) {
        this.features = features;
    }

    @Override
    public CompletionStage<Reply> handle(Call call, UpdateFeaturesRequestData request) {
        UpdateFeaturesResponseData response = new UpdateFeaturesResponseData().setErrorMessage(null);
        Optional<String> objection = request.featureUpdates().stream()
                .flatMap(update -> objection(update).stream())
                .findFirst();
        if (objection.isPresent()) {
            response.setErrorCode(Errors.INVALID_UPDATE_VERSION.code())
                    .setErrorMessage("The update failed for all features since the following feature had an error: "
                            + objection.get());
        } else if (call.version() <= LAST_VERSION_WITH_RESULTS) {
            request.featureUpdates().forEach(update -> response.results().add(done(update)));
        }
        return CompletableFuture.completedFuture(Reply.of(response));
    }

    private static UpdatableFeatureResult done(FeatureUpdateKey update) {
        return new UpdatableFeatureResult()
                .setFeature(update.feature())
                .setErrorCode(Errors.NONE.code())
                .setErrorMessage(Errors.NONE.message());
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
