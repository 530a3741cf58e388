package io.polylog.group;

import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.coordinator.group.GroupCoordinatorService;

/** Passes a request to the coordinator, in the order of the calls, once it has started. */
@FunctionalInterface
interface CoordinatorCalls {

    <T> CompletionStage<T> call(
            Caller caller, ApiKeys api, BiFunction<GroupCoordinatorService, CallerContext, CompletionStage<T>> request);
}
