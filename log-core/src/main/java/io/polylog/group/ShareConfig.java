package io.polylog.group;

import io.polylog.broker.Isolation;
import io.polylog.share.ShareGroupSettings;
import io.polylog.share.ShareGroups.StartAt;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Reads Kafka's names for what a share group may be told; values have been checked when they were set. */
final class ShareConfig {

    private static final String BY_DURATION = "by_duration:";

    private ShareConfig() {}

    static ShareGroupSettings settings(Map<String, String> config) {
        ShareGroupSettings byDefault = ShareGroupSettings.DEFAULT;
        Optional<String> start = Optional.ofNullable(config.get("share.auto.offset.reset"));
        String deadLetters = config.getOrDefault("errors.deadletterqueue.topic.name", "");
        return new ShareGroupSettings(
                start.map(end -> end.equals("earliest") ? StartAt.EARLIEST : StartAt.LATEST),
                start.filter(end -> end.startsWith(BY_DURATION)).stream()
                        .mapToLong(ago -> Duration.parse(ago.substring(BY_DURATION.length()))
                                .toMillis())
                        .findFirst(),
                number(config, "share.record.lock.duration.ms", byDefault.lockMs()),
                number(config, "share.delivery.count.limit", byDefault.deliveryLimit()),
                number(config, "share.partition.max.record.locks", byDefault.maxLocks()),
                !config.getOrDefault("share.renew.acknowledge.enable", "true").equals("false"),
                Optional.ofNullable(config.get("share.isolation.level"))
                        .map(level -> level.equals("read_committed") ? Isolation.COMMITTED : Isolation.UNCOMMITTED),
                deadLetters.isEmpty() ? Optional.empty() : Optional.of(deadLetters),
                !config.getOrDefault("errors.deadletterqueue.copy.record.enable", "true")
                        .equals("false"));
    }

    private static int number(Map<String, String> config, String name, int byDefault) {
        String value = config.get(name);
        return value == null ? byDefault : Integer.parseInt(value);
    }
}
