package io.polylog.server.differential;

import java.util.List;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarker;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarkerTopic;
import org.apache.kafka.common.protocol.ApiKeys;

/** Transactions: begun, added to, ended, fenced, looked at. */
final class TransactionScenario implements Scenario {

    private static final String TOPIC = "ledger";

    @Override
    public void run(Play play) {
        Setting.topic(play, TOPIC, 2);
        GroupScenario.awaitCoordinator(play, (byte) 1, "warm");
        Txn.begin(play, "warm");
        play.everyVersion(ApiKeys.INIT_PRODUCER_ID, version -> begins(play, version));
        play.everyVersion(ApiKeys.ADD_PARTITIONS_TO_TXN, version -> adds(play, version));
        play.everyVersion(ApiKeys.ADD_OFFSETS_TO_TXN, version -> addsOffsets(play, version));
        play.everyVersion(ApiKeys.END_TXN, version -> ends(play, version));
        play.everyVersion(ApiKeys.DESCRIBE_TRANSACTIONS, version -> describes(play, version));
        play.everyVersion(ApiKeys.DESCRIBE_PRODUCERS, version -> describesProducers(play, version));
        play.everyVersion(ApiKeys.LIST_TRANSACTIONS, version -> lists(play, version));
        play.everyVersion(ApiKeys.WRITE_TXN_MARKERS, version -> marks(play, version));
    }

    private static void begins(Play play, int version) {
        ApiKeys key = ApiKeys.INIT_PRODUCER_ID;
        String id = "begun-" + version;
        Answers first = play.ask("for a new transactional id", key, version, Txn.init(id));
        Txn txn = new Txn(play, id, first);
        play.ask("for it once more", key, version, Txn.init(id));
        play.ask("with a timeout that is too long", key, version, Txn.init(id).setTransactionTimeoutMs(900_001));
        play.ask("with a timeout of nothing", key, version, Txn.init(id).setTransactionTimeoutMs(0));
        play.ask("with a negative timeout", key, version, Txn.init(id).setTransactionTimeoutMs(-1));
        if (version >= 3) {
            play.ask(
                    "as the producer that it was",
                    key,
                    version,
                    side -> Txn.init(id).setProducerId(txn.producerId(side)).setProducerEpoch((short)
                            (txn.epoch(side) + 1)));
            play.ask(
                    "as a producer that was fenced",
                    key,
                    version,
                    side -> Txn.init(id).setProducerId(txn.producerId(side)).setProducerEpoch(txn.epoch(side)));
            play.ask(
                    "as a producer ahead",
                    key,
                    version,
                    side -> Txn.init(id).setProducerId(txn.producerId(side)).setProducerEpoch((short) 99));
            play.ask(
                    "as another producer",
                    key,
                    version,
                    Txn.init(id).setProducerId(987_654_321).setProducerEpoch((short) 0));
            play.ask("with an epoch and no producer", key, version, Txn.init(id).setProducerEpoch((short) 2));
        }
    }

    private static void adds(Play play, int version) {
        ApiKeys key = ApiKeys.ADD_PARTITIONS_TO_TXN;
        Txn txn = Txn.begin(play, "adding-" + version);
        Txn stranger = txn.disguised("nobody-" + version);
        play.ask("partitions", key, version, side -> txn.adding(side, version, 0, TOPIC, 0, 1));
        play.ask("partitions once more", key, version, side -> txn.adding(side, version, 0, TOPIC, 0, 1));
        play.ask("a partition that is not there", key, version, side -> txn.adding(side, version, 0, TOPIC, 0, 9));
        play.ask("of a topic that is not there", key, version, side -> txn.adding(side, version, 0, "nowhere", 0));
        play.ask("with an epoch ahead", key, version, side -> txn.adding(side, version, 1, TOPIC, 0));
        play.ask("with an epoch behind", key, version, side -> txn.adding(side, version, -1, TOPIC, 0));
        play.ask("under another id", key, version, side -> stranger.adding(side, version, 0, TOPIC, 0));
        if (version >= 4) {
            play.ask("to be verified", key, version, side -> {
                var request = txn.adding(side, version, 0, TOPIC, 0);
                request.transactions().iterator().next().setVerifyOnly(true);
                return request;
            });
        }
        play.prepare(ApiKeys.END_TXN, 3, side -> txn.ending(side, 0, false), answer -> true);
    }

    private static void addsOffsets(Play play, int version) {
        ApiKeys key = ApiKeys.ADD_OFFSETS_TO_TXN;
        Txn txn = Txn.begin(play, "offsets-" + version);
        play.ask("of a group", key, version, side -> txn.addingOffsets(side, 0, "txn-readers"));
        play.ask("of it once more", key, version, side -> txn.addingOffsets(side, 0, "txn-readers"));
        play.ask("of no group", key, version, side -> txn.addingOffsets(side, 0, ""));
        play.ask("with an epoch ahead", key, version, side -> txn.addingOffsets(side, 1, "txn-readers"));
        play.ask("with an epoch behind", key, version, side -> txn.addingOffsets(side, -1, "txn-readers"));
        Txn stranger = txn.disguised("no-offsets-" + version);
        play.ask("under another id", key, version, side -> stranger.addingOffsets(side, 0, "txn-readers"));
        play.prepare(ApiKeys.END_TXN, 3, side -> txn.ending(side, 0, false), answer -> true);
    }

    private static void ends(Play play, int version) {
        ApiKeys key = ApiKeys.END_TXN;
        String topic = "ended-" + version;
        Setting.topic(play, topic, 2);
        Txn aborted = Txn.begin(play, "aborted-" + version);
        aborted.write(topic, 0);
        play.ask("with an epoch ahead", key, version, side -> aborted.ending(side, 1, false));
        play.ask("with an epoch behind", key, version, side -> aborted.ending(side, -1, false));
        play.ask(
                "under another id",
                key,
                version,
                side -> aborted.disguised("no-end").ending(side, 0, false));
        play.ask("aborting", key, version, side -> aborted.ending(side, 0, false));
        aborted.awaitEnd();
        play.ask("aborting once more", key, version, side -> aborted.ending(side, 0, false));
        play.ask("committing what was aborted", key, version, side -> aborted.ending(side, 0, true));
        Txn committed = Txn.begin(play, "committed-" + version);
        committed.write(topic, 0);
        play.ask("committing", key, version, side -> committed.ending(side, 0, true));
        committed.awaitEnd();
        play.ask("committing once more", key, version, side -> committed.ending(side, 0, true));
        play.ask("aborting what was committed", key, version, side -> committed.ending(side, 0, false));
        Txn empty = Txn.begin(play, "empty-" + version);
        play.ask("committing nothing", key, version, side -> empty.ending(side, 0, true));
        play.ask("what was aborted and what was committed", ApiKeys.FETCH, 12, fetch(topic));
        Txn open = Txn.begin(play, "open-" + version);
        open.write(topic, 0);
        play.ask("what is open", ApiKeys.FETCH, 12, fetch(topic));
        play.prepare(key, 3, side -> open.ending(side, 0, false), answer -> true);
    }

    private static FetchRequestData fetch(String topic) {
        return new FetchRequestData()
                .setMaxBytes(1 << 20)
                .setIsolationLevel((byte) 1)
                .setTopics(List.of(new FetchTopic()
                        .setTopic(topic)
                        .setPartitions(
                                List.of(new FetchPartition().setFetchOffset(0).setPartitionMaxBytes(1 << 20)))));
    }

    private static void describes(Play play, int version) {
        ApiKeys key = ApiKeys.DESCRIBE_TRANSACTIONS;
        Txn txn = Txn.begin(play, "described");
        DescribeTransactionsRequestData all =
                new DescribeTransactionsRequestData().setTransactionalIds(List.of("described", "nobody", ""));
        play.ask("one that is empty, and none", key, version, all);
        txn.write(TOPIC, 1);
        play.ask("one that is open, and none", key, version, all);
        play.prepare(ApiKeys.END_TXN, 3, side -> txn.ending(side, 0, true), answer -> true);
        txn.awaitEnd();
        play.ask("one that is committed, and none", key, version, all);
    }

    private static void describesProducers(Play play, int version) {
        Setting.topic(play, "produced", 1);
        Txn txn = Txn.begin(play, "producing");
        producers(play, "of nobody", version, "produced", 0);
        txn.write("produced", 0);
        producers(play, "in a transaction", version, "produced", 0);
        play.prepare(ApiKeys.END_TXN, 3, side -> txn.ending(side, 0, true), answer -> true);
        txn.awaitEnd();
        producers(play, "after a transaction", version, "produced", 0, 7);
        producers(play, "of a topic that is not there", version, "nowhere", 0);
    }

    private static void producers(Play play, String step, int version, String topic, Integer... partitions) {
        DescribeProducersRequestData request = new DescribeProducersRequestData();
        request.topics()
                .add(new DescribeProducersRequestData.TopicRequest()
                        .setName(topic)
                        .setPartitionIndexes(List.of(partitions)));
        play.ask(step, ApiKeys.DESCRIBE_PRODUCERS, version, request);
    }

    private static void lists(Play play, int version) {
        ApiKeys key = ApiKeys.LIST_TRANSACTIONS;
        Txn txn = Txn.begin(play, "listed");
        txn.write(TOPIC, 0);
        play.ask("all", key, version, new ListTransactionsRequestData());
        play.ask("that are open", key, version, new ListTransactionsRequestData().setStateFilters(List.of("Ongoing")));
        play.ask(
                "in a state that is none",
                key,
                version,
                new ListTransactionsRequestData().setStateFilters(List.of("Ongoing", "Happy")));
        play.ask(
                "of a producer",
                key,
                version,
                side -> new ListTransactionsRequestData().setProducerIdFilters(List.of(txn.producerId(side))));
        if (version >= 1) {
            play.ask("that are old", key, version, new ListTransactionsRequestData().setDurationFilter(3_600_000));
        }
        if (version >= 2) {
            play.ask("by pattern", key, version, new ListTransactionsRequestData().setTransactionalIdPattern("list.*"));
            play.ask(
                    "by a bad pattern",
                    key,
                    version,
                    new ListTransactionsRequestData().setTransactionalIdPattern("list["));
        }
        play.prepare(ApiKeys.END_TXN, 3, side -> txn.ending(side, 0, false), answer -> true);
    }

    private static void marks(Play play, int version) {
        String topic = "marked-" + version;
        Setting.topic(play, topic, 1);
        Txn txn = Txn.begin(play, "marking-" + version);
        txn.write(topic, 0);
        play.ask("of nothing", ApiKeys.WRITE_TXN_MARKERS, version, new WriteTxnMarkersRequestData());
        play.ask("that are not there", ApiKeys.WRITE_TXN_MARKERS, version, side -> marker(txn, side, 0, topic, 0, 8));
        play.ask(
                "of a topic that is not there",
                ApiKeys.WRITE_TXN_MARKERS,
                version,
                side -> marker(txn, side, 0, "nowhere", 0));
        play.ask("from an epoch behind", ApiKeys.WRITE_TXN_MARKERS, version, side -> marker(txn, side, -1, topic, 0));
        play.ask("what the marker ended", ApiKeys.FETCH, 12, fetch(topic));
    }

    private static WriteTxnMarkersRequestData marker(
            Txn txn, Side side, int epochOff, String topic, Integer... partitions) {
        return new WriteTxnMarkersRequestData()
                .setMarkers(List.of(new WritableTxnMarker()
                        .setProducerId(txn.producerId(side))
                        .setProducerEpoch((short) (txn.epoch(side) + epochOff))
                        .setTransactionResult(false)
                        .setTopics(List.of(new WritableTxnMarkerTopic()
                                .setName(topic)
                                .setPartitionIndexes(List.of(partitions))))));
    }
}
