package io.polylog.broker;

import java.util.LinkedHashMap;
import java.util.Map;

/** Why some settings, which a Kafka broker lets be changed while it runs, cannot be changed here. */
final class FixedSettings {

    private static final String OWN_FILE = "the doors, their certificates and their logins are set in polylog.yaml";
    private static final String THREADS = "the gateway has as many threads as the machine has processors";
    private static final String NO_PLUG_INS = "the gateway loads no classes of others";
    private static final String NO_TIERS = "the gateway has no remote storage";

    /** By how names begin; the first that fits. */
    private static final Map<String, String> REASONS = new LinkedHashMap<>();

    static {
        REASONS.put("listener.", OWN_FILE);
        REASONS.put("listeners", OWN_FILE);
        REASONS.put("ssl.", OWN_FILE);
        REASONS.put("sasl.", OWN_FILE);
        REASONS.put("principal.builder.class", NO_PLUG_INS);
        REASONS.put("metric.reporters", NO_PLUG_INS);
        REASONS.put("config.providers", NO_PLUG_INS);
        REASONS.put("num.io.threads", THREADS);
        REASONS.put("num.network.threads", THREADS);
        REASONS.put("num.recovery.threads.per.data.dir", THREADS);
        REASONS.put("num.replica.fetchers", "there is one replica of each partition");
        REASONS.put("background.threads", THREADS);
        REASONS.put("log.cleaner.threads", "compaction has one thread");
        REASONS.put("log.cleaner.io.buffer.", "compaction reads batch by batch, without a buffer of its own");
        REASONS.put("remote.", NO_TIERS);
        REASONS.put("follower.fetch.last.tiered.", NO_TIERS);
        REASONS.put("errors.deadletterqueue.", "dead letters are set up for each topic and group");
        REASONS.put(
                "producer.id.expiration.ms",
                "producers that were silent for a day are forgotten, by the times of the log");
        REASONS.put("transaction.partition.verification.enable", "transactions are always verified");
        REASONS.put("share.coordinator.", "share groups are kept in ledgers, without a log of their own");
        REASONS.put("cordoned.log.dirs", "there is one directory");
    }

    private FixedSettings() {}

    /** A sentence without the value, which may be a secret. */
    static String reason(String name) {
        return REASONS.entrySet().stream()
                .filter(reason -> name.startsWith(reason.getKey()))
                .findFirst()
                .map(reason -> "Cannot update " + name + " dynamically: " + reason.getValue())
                .orElse("Cannot update " + name + " dynamically: it is none of the settings that can be changed here");
    }
}
