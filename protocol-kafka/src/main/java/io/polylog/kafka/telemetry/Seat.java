package io.polylog.kafka.telemetry;

import org.jspecify.annotations.Nullable;

/** A connection, and the one client that it speaks for at a time. Belongs to the connection's event loop. */
final class Seat {

    @Nullable
    InstanceKey taken;
}
