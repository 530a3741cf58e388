package io.polylog.server.differential;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.message.ShareFetchResponseData.AcquiredRecords;
import org.apache.kafka.common.message.ShareFetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;

/** What share groups get of transactions ({@code share.isolation.level}). */
final class ShareIsolationScenario implements Scenario {

    private static final String LEVEL = "share.isolation.level";

    @Override
    public void run(Play play) {
        GroupScenario.awaitCoordinators(play);
        GroupScenario.awaitCoordinator(play, (byte) 1, "loose-aborted");
        play.everyVersion(ApiKeys.SHARE_FETCH, version -> uncommitted(play, version));
        play.everyVersion(ApiKeys.SHARE_FETCH, version -> committed(play, version));
    }

    private static void uncommitted(Play play, int version) {
        String group = "loose-" + version;
        String topic = "loosely-" + version;
        ShareScenario.member(play, group, topic, 1);
        ShareScenario.open(play, group, topic);
        end(play, write(play, "loose-aborted-" + version, topic), false);
        next(play, "what was aborted, by default", version, group, 1);
        Txn open = write(play, "loose-open-" + version, topic);
        next(play, "what is open, by default", version, group, 2);
        end(play, open, true);
        ShareScenario.configure(play, group, topic, LEVEL, "read_committed", 5_002);
        end(play, write(play, "strict-aborted-" + version, topic), false);
        end(play, write(play, "strict-committed-" + version, topic), true);
        next(play, "what is committed after something aborted, once that is asked for", version, group, 3);
    }

    private static void committed(Play play, int version) {
        String group = "strict-" + version;
        String topic = "strictly-" + version;
        ShareScenario.member(play, group, topic, 1);
        ShareScenario.configure(play, group, topic, LEVEL, "read_committed", 5_002);
        ShareScenario.open(play, group, topic);
        end(play, write(play, "strictly-aborted-" + version, topic), false);
        Txn open = write(play, "strictly-open-" + version, topic);
        data(
                play,
                "nothing of a transaction that is aborted, and of one that is open",
                version,
                ShareScenario.fetch(group, 1));
        end(play, open, true);
        next(play, "what has been committed", version, group, 2);
        write(play, "strictly-undecided-" + version, topic);
        ShareScenario.configure(play, group, topic, LEVEL, "read_uncommitted", 5_003);
        next(play, "what is open, once that is asked for", version, group, 3);
    }

    private static Txn write(Play play, String id, String topic) {
        Txn txn = Txn.begin(play, id);
        txn.write(topic, 0);
        return txn;
    }

    private static void end(Play play, Txn txn, boolean committed) {
        play.prepare(ApiKeys.END_TXN, 3, side -> txn.ending(side, 0, committed), answer -> true);
        txn.awaitEnd();
    }

    private static void next(Play play, String step, int version, String group, int epoch) {
        data(play, step, version, ShareScenario.patient(ShareScenario.fetch(group, epoch)));
    }

    /** Kafka's groups hand out the offsets of markers too, which its clients settle without telling anybody. */
    private static void data(Play play, String step, int version, ShareFetchRequestData request) {
        play.askFor(
                step,
                ApiKeys.SHARE_FETCH,
                version,
                request,
                answer -> ((ShareFetchResponseData) answer)
                        .responses()
                        .forEach(topic -> topic.partitions().forEach(ShareIsolationScenario::leaveOutMarkers)));
    }

    private static void leaveOutMarkers(PartitionData partition) {
        List<AcquiredRecords> data = new ArrayList<>();
        if (partition.records() instanceof MemoryRecords records) {
            for (RecordBatch batch : records.batches()) {
                for (AcquiredRecords run : partition.acquiredRecords()) {
                    if (!batch.isControlBatch()
                            && run.firstOffset() <= batch.baseOffset()
                            && batch.lastOffset() <= run.lastOffset()) {
                        data.add(new AcquiredRecords()
                                .setFirstOffset(batch.baseOffset())
                                .setLastOffset(batch.lastOffset())
                                .setDeliveryCount(run.deliveryCount()));
                    }
                }
            }
        }
        partition.setAcquiredRecords(data).setRecords(null);
    }
}
