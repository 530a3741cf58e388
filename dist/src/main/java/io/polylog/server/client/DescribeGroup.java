package io.polylog.server.client;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * {@code polylog group describe NAME}: its members, and how far it has come in each partition.
 *
 * @param name of the group
 */
public record DescribeGroup(String name) implements ClientCommand {

    private static final Table MEMBERS = new Table()
            .text("MEMBER", "member")
            .text("CLIENT", "client")
            .text("HOST", "host")
            .text("PARTITIONS", "partitions");

    private static final Table PARTITIONS = new Table()
            .text("TOPIC", "topic")
            .number("PARTITION", "partition")
            .number("COMMITTED", "committed")
            .number("END", "end")
            .number("LAG", "lag")
            .text("MEMBER", "member");

    @Override
    public void run(KafkaDoor gateway, Output output) throws ClientException, InterruptedException {
        ConsumerGroupDescription group = Groups.describe(gateway, name);
        ObjectNode described = JsonNodeFactory.instance
                .objectNode()
                .put("group", name)
                .put("type", ListGroups.word(group.type()))
                .put("state", ListGroups.word(group.groupState()));
        ArrayNode members = described.putArray("members");
        Map<TopicPartition, String> readers = new HashMap<>();
        group.members().stream()
                .sorted(Comparator.comparing(MemberDescription::consumerId))
                .forEach(member -> add(member, members, readers));
        ArrayNode partitions = described.putArray("partitions");
        addPartitions(gateway, readers, partitions);
        output.report(
                described,
                "group " + name + ", " + ListGroups.word(group.groupState()) + "\n" + MEMBERS.of(members, "no members")
                        + PARTITIONS.of(partitions, "no offsets committed"));
    }

    private static void add(MemberDescription member, ArrayNode rows, Map<TopicPartition, String> readers) {
        ObjectNode row = rows.addObject()
                .put("member", member.consumerId())
                .put("client", member.clientId())
                .put("host", member.host());
        ArrayNode assigned = row.putArray("partitions");
        member.assignment().topicPartitions().stream().sorted(Offsets.ORDER).forEach(partition -> {
            assigned.add(partition.toString());
            readers.put(partition, member.consumerId());
        });
    }

    /** Those that it has committed offsets of or reads; a topic that is gone has no end. */
    private void addPartitions(KafkaDoor gateway, Map<TopicPartition, String> readers, ArrayNode rows)
            throws ClientException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> committed = Groups.committed(gateway, name);
        Set<TopicPartition> all = new HashSet<>(committed.keySet());
        all.addAll(readers.keySet());
        Set<String> topics = gateway.answer(gateway.admin().listTopics().names(), "topics");
        Map<TopicPartition, Long> ends = Offsets.end(
                gateway,
                all.stream()
                        .filter(partition -> topics.contains(partition.topic()))
                        .toList());
        all.stream().sorted(Offsets.ORDER).forEach(partition -> {
            ObjectNode row = rows.addObject().put("topic", partition.topic()).put("partition", partition.partition());
            OffsetAndMetadata offset = committed.get(partition);
            Long end = ends.get(partition);
            row.put("committed", offset == null ? null : (Long) offset.offset());
            row.put("end", end);
            row.put("lag", offset == null || end == null ? null : (Long) (end - offset.offset()));
            row.put("member", readers.get(partition));
        });
    }
}
