package io.polylog.server.differential;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.protocol.ApiKeys;

/** Offsets that are committed with a transaction. */
final class TxnOffsetScenario implements Scenario {

    private static final ApiKeys KEY = ApiKeys.TXN_OFFSET_COMMIT;
    private static final String TOPIC = "txn-read";

    @Override
    public void run(Play play) {
        GroupScenario.awaitCoordinators(play);
        Setting.topic(play, TOPIC, 2);
        play.everyVersion(KEY, version -> commits(play, version));
    }

    private static void commits(Play play, int version) {
        String group = "txn-group-" + version;
        Txn txn = Txn.begin(play, "txn-commit-" + version);
        play.prepare(ApiKeys.ADD_OFFSETS_TO_TXN, 3, side -> txn.addingOffsets(side, 0, group), answer -> true);
        play.ask("of a group", KEY, version, side -> commit(txn, side, version, group, TOPIC, 0));
        play.ask("while they are pending", ApiKeys.OFFSET_FETCH, 8, offsets(group, true));
        play.ask("while they are pending, whatever comes", ApiKeys.OFFSET_FETCH, 8, offsets(group, false));
        play.ask("of a partition that is not there", KEY, version, side -> commit(txn, side, version, group, TOPIC, 9));
        play.ask("of a topic that is not there", KEY, version, side -> commit(txn, side, version, group, "nowhere", 0));
        play.ask("of no group", KEY, version, side -> commit(txn, side, version, "", TOPIC, 0));
        play.ask(
                "with an epoch behind",
                KEY,
                version,
                side -> commit(txn, side, version, group, TOPIC, 0).setProducerEpoch((short) (txn.epoch(side) - 1)));
        play.ask(
                "under another id",
                KEY,
                version,
                side -> commit(txn, side, version, group, TOPIC, 0).setTransactionalId("no-such-commit"));
        play.ask("with a metadata too long", KEY, version, side -> {
            var request = commit(txn, side, version, group, TOPIC, 1);
            request.topics().get(0).partitions().get(0).setCommittedMetadata("m".repeat(5_000));
            return request;
        });
        if (version >= 3) {
            play.ask(
                    "as a member that is none",
                    KEY,
                    version,
                    side -> commit(txn, side, version, group, TOPIC, 1)
                            .setMemberId("nobody")
                            .setGenerationIdOrMemberEpoch(1));
            play.ask(
                    "of a generation",
                    KEY,
                    version,
                    side -> commit(txn, side, version, group, TOPIC, 1).setGenerationIdOrMemberEpoch(7));
        }
        play.prepare(ApiKeys.END_TXN, 3, side -> txn.ending(side, 0, true), answer -> true);
        txn.awaitEnd();
        play.ask("once they are committed", ApiKeys.OFFSET_FETCH, 8, offsets(group, true));
    }

    private static TxnOffsetCommitRequestData commit(
            Txn txn, Side side, int version, String group, String topic, int partition) {
        TxnOffsetCommitRequestTopic committed = new TxnOffsetCommitRequestTopic()
                .setPartitions(List.of(new TxnOffsetCommitRequestPartition()
                        .setPartitionIndex(partition)
                        .setCommittedOffset(5)
                        .setCommittedMetadata("m")));
        Uuid id = topic.equals("nowhere") ? new Uuid(4, 2) : side.topicId(topic);
        return new TxnOffsetCommitRequestData()
                .setTransactionalId(txn.id())
                .setProducerId(txn.producerId(side))
                .setProducerEpoch(txn.epoch(side))
                .setGroupId(group)
                .setTopics(List.of(version < 6 ? committed.setName(topic) : committed.setTopicId(id)));
    }

    private static OffsetFetchRequestData offsets(String group, boolean stable) {
        return new OffsetFetchRequestData()
                .setRequireStable(stable)
                .setGroups(List.of(new OffsetFetchRequestGroup()
                        .setGroupId(group)
                        .setTopics(List.of(
                                new OffsetFetchRequestTopics().setName(TOPIC).setPartitionIndexes(List.of(0, 1))))));
    }
}
