package io.polylog.camel;

import java.io.IOException;
import java.util.Set;

/** Tells a far side that is down, which comes back, from a route that nothing but an edit will start. */
final class FarSide {

    /** Of clients that need not be on the class path. */
    private static final Set<String> CLIENT_FAILURES = Set.of(
            "org.eclipse.paho.mqttv5.common.MqttException",
            "org.eclipse.paho.client.mqttv3.MqttException",
            "jakarta.jms.JMSException",
            "org.springframework.jms.JmsException");

    private FarSide() {}

    static boolean isDown(Throwable failure) {
        int depth = 0;
        for (Throwable cause = failure; cause != null && depth++ < 20; cause = cause.getCause()) {
            if (cause instanceof IOException) {
                return true;
            }
            for (Class<?> type = cause.getClass(); type != null; type = type.getSuperclass()) {
                if (CLIENT_FAILURES.contains(type.getName())) {
                    return true;
                }
            }
        }
        return false;
    }
}
