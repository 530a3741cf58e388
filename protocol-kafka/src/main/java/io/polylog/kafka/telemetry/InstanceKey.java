package io.polylog.kafka.telemetry;

import org.apache.kafka.common.Uuid;

/** Clients choose their ids themselves; nobody is to speak for the client of somebody else. */
record InstanceKey(Uuid id, String principal) {}
