package io.polylog.kafka.telemetry;

import java.net.InetAddress;
import org.apache.kafka.common.Uuid;

/**
 * Who a client is, as its connection shows it.
 *
 * @param principal the name that it has proved, or that of strangers
 * @param id its client id, as it calls itself
 */
record Client(String principal, String id, Software software, InetAddress address, int port) {

    /**
     * What the client is made of, as it says when it asks for versions.
     *
     * @param name of up to {@link #MOST_CHARACTERS}, as is the version
     */
    record Software(String name, String version) {

        static final int MOST_CHARACTERS = 249;

        /** Who has not said, in Kafka's words. */
        static final Software UNKNOWN = new Software("unknown", "unknown");
    }

    /** What subscriptions can tell clients by. */
    enum Trait {
        CLIENT_INSTANCE_ID,
        CLIENT_ID,
        CLIENT_SOFTWARE_NAME,
        CLIENT_SOFTWARE_VERSION,
        CLIENT_SOURCE_ADDRESS,
        CLIENT_SOURCE_PORT
    }

    String trait(Trait trait, Uuid instance) {
        return switch (trait) {
            case CLIENT_INSTANCE_ID -> instance.toString();
            case CLIENT_ID -> id;
            case CLIENT_SOFTWARE_NAME -> software.name();
            case CLIENT_SOFTWARE_VERSION -> software.version();
            case CLIENT_SOURCE_ADDRESS -> address.getHostAddress();
            case CLIENT_SOURCE_PORT -> Integer.toString(port);
        };
    }
}
