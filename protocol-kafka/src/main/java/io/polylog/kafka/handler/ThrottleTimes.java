package io.polylog.kafka.handler;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Optional;
import org.apache.kafka.common.protocol.ApiMessage;

/** The throttle time of an answer of any kind: the generated classes have the field in common, and no type. */
final class ThrottleTimes {

    private static final ClassValue<Optional<MethodHandle>> SETTERS = new ClassValue<>() {
        @Override
        protected Optional<MethodHandle> computeValue(Class<?> type) {
            try {
                return Optional.of(MethodHandles.publicLookup()
                        .findVirtual(type, "setThrottleTimeMs", MethodType.methodType(type, int.class)));
            } catch (NoSuchMethodException | IllegalAccessException without) {
                return Optional.empty(); // an old API, which has no place for it
            }
        }
    };

    private ThrottleTimes() {}

    static void set(ApiMessage body, int throttleTimeMs) {
        SETTERS.get(body.getClass()).ifPresent(setter -> {
            try {
                setter.invoke(body, throttleTimeMs);
            } catch (Throwable impossible) {
                throw new IllegalStateException("setThrottleTimeMs of " + body.getClass() + " throws", impossible);
            }
        });
    }
}
