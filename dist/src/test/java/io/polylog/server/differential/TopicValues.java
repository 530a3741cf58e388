package io.polylog.server.differential;

/** Values of topic settings at the edges of what Kafka takes: key, value. */
final class TopicValues {

    static final String[][] REFUSED = {
        {"cleanup.policy", "delete,burn"},
        {"compression.type", "rar"},
        {"compression.gzip.level", "11"},
        {"compression.lz4.level", "0"},
        {"compression.zstd.level", "99"},
        {"delete.retention.ms", "-1"},
        {"file.delete.delay.ms", "-1"},
        {"flush.messages", "0"},
        {"flush.ms", "-1"},
        {"follower.replication.throttled.replicas", "one"},
        {"index.interval.bytes", "-1"},
        {"leader.replication.throttled.replicas", "0:1:2"},
        {"max.compaction.lag.ms", "0"},
        {"max.message.bytes", "-1"},
        {"max.message.bytes", "3000000000"},
        {"message.timestamp.after.max.ms", "-1"},
        {"message.timestamp.before.max.ms", "-1"},
        {"message.timestamp.type", "Never"},
        {"min.cleanable.dirty.ratio", "1.5"},
        {"min.compaction.lag.ms", "-1"},
        {"min.insync.replicas", "0"},
        {"preallocate", "maybe"},
        {"retention.ms", "-2"},
        {"segment.bytes", "100"},
        {"segment.index.bytes", "3"},
        {"segment.jitter.ms", "-1"},
        {"segment.ms", "0"},
        {"unclean.leader.election.enable", "yes"},
        {"errors.deadletterqueue.group.enable", "yes"},
        {"local.retention.bytes", "-3"},
        {"local.retention.ms", "-3"},
        {"remote.storage.enable", "yes"},
        {"remote.storage.enable", "true"},
        {"remote.log.copy.disable", "yes"},
        {"remote.log.delete.on.disable", "yes"},
    };

    static final String[][] TAKEN = {
        {"cleanup.policy", "compact,delete"},
        {"cleanup.policy", ""},
        {"compression.type", "zstd"},
        {"compression.type", "producer"},
        {"compression.gzip.level", "9"},
        {"delete.retention.ms", "0"},
        {"flush.messages", "1"},
        {"flush.ms", "0"},
        {"follower.replication.throttled.replicas", "*"},
        {"leader.replication.throttled.replicas", "0:0,1:0"},
        {"max.message.bytes", "0"},
        {"message.timestamp.type", "LogAppendTime"},
        {"min.cleanable.dirty.ratio", "0"},
        {"preallocate", "TRUE"},
        {"retention.bytes", "-1"},
        {"retention.ms", " 5000 "},
        {"segment.bytes", "1048576"},
        {"segment.ms", "1"},
        {"unclean.leader.election.enable", "true"},
        {"errors.deadletterqueue.group.enable", "true"},
    };

    private TopicValues() {}
}
