package io.polylog.kafka;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** A small request of each API of transactions, about a transactional id that nobody has claimed. */
final class SampleTransactions {

    private static final String NOBODY = "nobody";
    private static final long PRODUCER = 77;

    private SampleTransactions() {}

    static Errors expected(ApiKeys key) {
        return switch (key) {
            case ADD_PARTITIONS_TO_TXN, ADD_OFFSETS_TO_TXN, END_TXN, TXN_OFFSET_COMMIT ->
                Errors.INVALID_PRODUCER_ID_MAPPING;
            case DESCRIBE_TRANSACTIONS -> Errors.TRANSACTIONAL_ID_NOT_FOUND;
            default -> Errors.NONE;
        };
    }

    static ApiMessage of(ApiKeys key, short version, Uuid topicId) {
        return switch (key) {
            case ADD_PARTITIONS_TO_TXN -> addPartitions(version);
            case ADD_OFFSETS_TO_TXN ->
                new AddOffsetsToTxnRequestData()
                        .setTransactionalId(NOBODY)
                        .setProducerId(PRODUCER)
                        .setGroupId("g");
            case END_TXN ->
                new EndTxnRequestData()
                        .setTransactionalId(NOBODY)
                        .setProducerId(PRODUCER)
                        .setCommitted(true);
            case TXN_OFFSET_COMMIT ->
                new TxnOffsetCommitRequestData()
                        .setTransactionalId(NOBODY)
                        .setProducerId(PRODUCER)
                        .setGroupId("g")
                        .setTopics(List.of(new TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic()
                                .setName(version < 6 ? "t" : "")
                                .setTopicId(version < 6 ? Uuid.ZERO_UUID : topicId)
                                .setPartitions(List.of(new TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition()
                                        .setCommittedOffset(1)))));
            case WRITE_TXN_MARKERS ->
                new WriteTxnMarkersRequestData()
                        .setMarkers(List.of(new WriteTxnMarkersRequestData.WritableTxnMarker()
                                .setProducerId(PRODUCER)
                                .setProducerEpoch(version)
                                .setTopics(List.of(new WriteTxnMarkersRequestData.WritableTxnMarkerTopic()
                                        .setName("t")
                                        .setPartitionIndexes(List.of(0))))));
            case DESCRIBE_TRANSACTIONS -> new DescribeTransactionsRequestData().setTransactionalIds(List.of(NOBODY));
            case LIST_TRANSACTIONS -> new ListTransactionsRequestData().setStateFilters(List.of("Ongoing"));
            case DESCRIBE_PRODUCERS -> describeProducers();
            default -> ApiMessageType.fromApiKey(key.id).newRequest();
        };
    }

    private static DescribeProducersRequestData describeProducers() {
        DescribeProducersRequestData request = new DescribeProducersRequestData();
        request.topics()
                .add(new DescribeProducersRequestData.TopicRequest()
                        .setName("t")
                        .setPartitionIndexes(List.of(0)));
        return request;
    }

    private static AddPartitionsToTxnRequestData addPartitions(short version) {
        AddPartitionsToTxnTopicCollection topics = new AddPartitionsToTxnTopicCollection();
        topics.add(new AddPartitionsToTxnTopic().setName("t").setPartitions(List.of(0)));
        AddPartitionsToTxnRequestData request = new AddPartitionsToTxnRequestData();
        if (version < 4) {
            return request.setV3AndBelowTransactionalId(NOBODY)
                    .setV3AndBelowProducerId(PRODUCER)
                    .setV3AndBelowTopics(topics);
        }
        request.transactions()
                .add(new AddPartitionsToTxnTransaction()
                        .setTransactionalId(NOBODY)
                        .setProducerId(PRODUCER)
                        .setVerifyOnly(true)
                        .setTopics(topics));
        return request;
    }
}
