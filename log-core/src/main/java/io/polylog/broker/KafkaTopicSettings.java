package io.polylog.broker;

import static io.polylog.broker.SettingRule.ANY;
import static io.polylog.broker.SettingRule.THROTTLED_REPLICAS;
import static io.polylog.broker.SettingRule.atLeast;
import static io.polylog.broker.SettingRule.between;
import static io.polylog.broker.SettingRule.oneOf;
import static io.polylog.broker.SettingRule.only;
import static io.polylog.broker.SettingRule.someOf;
import static io.polylog.broker.TopicSetting.Type.BOOLEAN;
import static io.polylog.broker.TopicSetting.Type.DOUBLE;
import static io.polylog.broker.TopicSetting.Type.INT;
import static io.polylog.broker.TopicSetting.Type.LIST;
import static io.polylog.broker.TopicSetting.Type.LONG;
import static io.polylog.broker.TopicSetting.Type.TEXT;

import java.util.List;
import java.util.Optional;

/** Every setting that a topic of Kafka 4.4 has, with its default and what it takes. */
final class KafkaTopicSettings {

    private static final String FOREVER = "9223372036854775807";
    private static final String SEGMENT_BYTES = String.valueOf(128 << 20); // in Kafka 1 GiB
    private static final String NO_TIERS = "the gateway has no remote storage";

    static final List<TopicSetting> ALL = List.of(
            at("cleanup.policy", LIST, "delete", someOf("compact", "delete"), "log.cleanup.policy")
                    .doc(
                            "What becomes of old records: delete lets them go by age and size, compact keeps the last of each key."),
            at("compression.gzip.level", INT, "-1", gzip(), "compression.gzip.level")
                    .doc("How hard gzip tries, 1 to 9, or -1 for its default; where compression.type is gzip."),
            at("compression.lz4.level", INT, "9", between(1, 17), "compression.lz4.level")
                    .doc("How hard lz4 tries, 1 to 17; where compression.type is lz4."),
            at("compression.type", TEXT, "producer", compressions(), "compression.type")
                    .doc("The compression that batches are stored with; producer leaves them as they come."),
            at("compression.zstd.level", INT, "3", between(-131_072, 22), "compression.zstd.level")
                    .doc("How hard zstd tries, up to 22; where compression.type is zstd."),
            at("delete.retention.ms", LONG, "86400000", atLeast(0), "log.cleaner.delete.retention.ms")
                    .doc("How long the mark of a deleted key outlives compaction, in milliseconds."),
            at("errors.deadletterqueue.group.enable", BOOLEAN, "false", ANY, "")
                    .doc("Whether share groups may send what cannot be delivered to this topic (KIP-1191)."),
            at("file.delete.delay.ms", LONG, "60000", atLeast(0), "log.segment.delete.delay.ms")
                    .doc("Kept for tools. Files are removed as soon as no checkpoint and no reader needs them."),
            at("flush.messages", LONG, FOREVER, atLeast(1), "log.flush.interval.messages")
                    .doc("Kept for tools. With durability fsync every message is forced before it is acknowledged."),
            at(
                            "flush.ms",
                            LONG,
                            FOREVER,
                            atLeast(0),
                            "log.flush.interval.ms",
                            new TopicSetting.Origin("log.flush.scheduler.interval.ms", LONG, FOREVER))
                    .doc("Kept for tools. With durability fsync every message is forced before it is acknowledged."),
            at("follower.replication.throttled.replicas", LIST, "", THROTTLED_REPLICAS, "")
                    .doc("Kept for tools. There is one replica of each partition."),
            at("index.interval.bytes", INT, "4096", atLeast(0), "log.index.interval.bytes")
                    .doc("Bytes after which the index of a segment gets another entry."),
            at("leader.replication.throttled.replicas", LIST, "", THROTTLED_REPLICAS, "")
                    .doc("Kept for tools. There is one replica of each partition."),
            at("local.retention.bytes", LONG, "-2", only("-2", NO_TIERS), "log.local.retention.bytes")
                    .doc("Bytes kept on this disk of a topic in tiers. " + NO_TIERS + "."),
            at("local.retention.ms", LONG, "-2", only("-2", NO_TIERS), "log.local.retention.ms")
                    .doc("Milliseconds kept on this disk of a topic in tiers. " + NO_TIERS + "."),
            at("max.compaction.lag.ms", LONG, FOREVER, atLeast(1), "log.cleaner.max.compaction.lag.ms")
                    .doc("How long a record may wait for compaction at most, in milliseconds."),
            at("max.decompressed.message.bytes", INT, "2147483639", atLeast(1), "max.decompressed.message.bytes")
                    .doc("The most bytes that one batch may have without its compression."),
            at("max.message.bytes", INT, "1048588", atLeast(0), "message.max.bytes")
                    .doc("The longest record batch that the topic takes, in bytes as it is sent."),
            at("message.timestamp.after.max.ms", LONG, "3600000", atLeast(0), "log.message.timestamp.after.max.ms")
                    .doc("How far ahead of the clock a record's timestamp may be, in milliseconds."),
            at("message.timestamp.before.max.ms", LONG, FOREVER, atLeast(0), "log.message.timestamp.before.max.ms")
                    .doc("How far behind the clock a record's timestamp may be, in milliseconds."),
            at("message.timestamp.type", TEXT, "CreateTime", times(), "log.message.timestamp.type")
                    .doc("Whether records bear the time that the client gave or the time at which the log took them."),
            at("min.cleanable.dirty.ratio", DOUBLE, "0.5", between(0, 1), "log.cleaner.min.cleanable.ratio")
                    .doc("The part of a log that must be new before it is compacted again."),
            at("min.compaction.lag.ms", LONG, "0", atLeast(0), "log.cleaner.min.compaction.lag.ms")
                    .doc("How long a record is safe from compaction at least, in milliseconds."),
            at("min.insync.replicas", INT, "1", atLeast(1), "min.insync.replicas")
                    .doc("Kept for tools. There is one replica of each partition, and it is always in sync."),
            at("preallocate", BOOLEAN, "false", ANY, "log.preallocate")
                    .doc("Kept for tools. Segments grow as they are written."),
            at("remote.copy.lag.bytes", LONG, "-1", only("-1", NO_TIERS), "log.remote.copy.lag.bytes")
                    .doc("How much of a topic in tiers may wait to be copied. " + NO_TIERS + "."),
            at("remote.copy.lag.ms", LONG, "0", only("0", NO_TIERS), "log.remote.copy.lag.ms")
                    .doc("How long a topic in tiers may wait to be copied. " + NO_TIERS + "."),
            at("remote.log.copy.disable", BOOLEAN, "false", only("false", NO_TIERS), "")
                    .doc("Whether a topic in tiers is copied no more. " + NO_TIERS + "."),
            at("remote.log.delete.on.disable", BOOLEAN, "false", only("false", NO_TIERS), "")
                    .doc("Whether remote records go when a topic leaves its tiers. " + NO_TIERS + "."),
            at("remote.storage.enable", BOOLEAN, "false", only("false", NO_TIERS), "")
                    .doc("Whether old records move to remote storage. " + NO_TIERS + "."),
            at("retention.bytes", LONG, "-1", ANY, "log.retention.bytes")
                    .doc("Bytes of a partition beyond which its oldest records may go; -1 for no limit."),
            at("retention.ms", LONG, "604800000", atLeast(-1), "log.retention.ms", hours("log.retention.hours", "168"))
                    .doc("Milliseconds after which records may go; -1 for never."),
            at("segment.bytes", INT, SEGMENT_BYTES, atLeast(1 << 20), "log.segment.bytes")
                    .doc("Bytes after which a new segment file begins."),
            at("segment.index.bytes", INT, "10485760", atLeast(4), "log.index.size.max.bytes")
                    .doc("The most bytes that the index of a segment may have."),
            at("segment.jitter.ms", LONG, "0", atLeast(0), "log.roll.jitter.ms", hours("log.roll.jitter.hours", "0"))
                    .doc("How much earlier a segment may roll by time, so that not all do at once, in milliseconds."),
            at("segment.ms", LONG, "604800000", atLeast(1), "log.roll.ms", hours("log.roll.hours", "168"))
                    .doc("Milliseconds after which a new segment file begins."),
            at("unclean.leader.election.enable", BOOLEAN, "false", ANY, "unclean.leader.election.enable")
                    .doc("Kept for tools. A leader is never elected without all that was acknowledged."));

    private KafkaTopicSettings() {}

    private static SettingRule gzip() {
        SettingRule levels = between(1, 9);
        return new SettingRule(value -> value.equals("-1") || levels.takes().test(value), "must be -1 or from 1 to 9");
    }

    private static SettingRule compressions() {
        return oneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer");
    }

    private static SettingRule times() {
        return oneOf("CreateTime", "LogAppendTime");
    }

    private static Undocumented at(
            String name, TopicSetting.Type type, String defaultValue, SettingRule rule, String brokerName) {
        return documentation ->
                new TopicSetting(name, type, defaultValue, rule, brokerName, Optional.empty(), documentation);
    }

    /** One whose default stands at the broker in another unit, under another name. */
    private static Undocumented at(
            String name,
            TopicSetting.Type type,
            String defaultValue,
            SettingRule rule,
            String brokerName,
            TopicSetting.Origin coarser) {
        return documentation ->
                new TopicSetting(name, type, defaultValue, rule, brokerName, Optional.of(coarser), documentation);
    }

    private static TopicSetting.Origin hours(String name, String value) {
        return new TopicSetting.Origin(name, INT, value);
    }

    private interface Undocumented {
        TopicSetting doc(String documentation);
    }
}
