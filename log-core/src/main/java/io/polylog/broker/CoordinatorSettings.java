package io.polylog.broker;

import static io.polylog.broker.BrokerSetting.changeable;
import static io.polylog.broker.SettingRule.ANY;
import static io.polylog.broker.SettingRule.atLeast;
import static io.polylog.broker.SettingRule.between;
import static io.polylog.broker.TopicSetting.Type.BOOLEAN;
import static io.polylog.broker.TopicSetting.Type.INT;

import java.util.ArrayList;
import java.util.List;

/** The settings of the broker that the coordinator of groups goes by, and that may be changed while it runs. */
final class CoordinatorSettings {

    /** Milliseconds; no broker lets groups wait longer. */
    private static final int LONGEST_ASSIGNMENT_INTERVAL_MS = 15_000;

    private static final int LEAST_BUFFER_BYTES = 512 << 10;
    private static final String BUFFER_BYTES = "1048588";

    private CoordinatorSettings() {}

    static List<BrokerSetting> all() {
        List<BrokerSetting> all = new ArrayList<>();
        for (String kind : List.of("consumer", "share", "streams")) {
            all.add(changeable(
                    "group." + kind + ".assignment.interval.ms",
                    INT,
                    "1000",
                    between(0, LONGEST_ASSIGNMENT_INTERVAL_MS),
                    "Of groups that do not set " + kind
                            + ".assignment.interval.ms: milliseconds between two assignments."));
            all.add(changeable(
                    "group." + kind + ".assignor.offload.enable",
                    BOOLEAN,
                    "true",
                    ANY,
                    "Of groups that do not say otherwise: whether they are assigned partitions on a thread for that."));
        }
        all.add(changeable(
                "group.coordinator.cached.buffer.max.bytes",
                INT,
                BUFFER_BYTES,
                atLeast(LEAST_BUFFER_BYTES),
                "Buffers of records of groups that are kept for the next ones are up to so large, in bytes."));
        return all;
    }
}
