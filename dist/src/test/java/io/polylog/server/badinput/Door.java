package io.polylog.server.badinput;

import java.util.Locale;

/** The protocols that are served. */
enum Door {
    KAFKA,
    AMQP,
    MQTT,
    HTTP;

    /** As the ready line and the configuration have it. */
    String protocol() {
        return name().toLowerCase(Locale.ROOT);
    }
}
