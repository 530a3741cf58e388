package io.polylog.server.differential;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** A transactional producer as each broker has made it, and the requests it would send. */
record Txn(Play play, String id, Answers made) {

    /** Asks for it until it is there: a coordinator may be loading, or its last transaction ending. */
    static Txn begin(Play play, String id) {
        return new Txn(
                play,
                id,
                play.prepare(
                        ApiKeys.INIT_PRODUCER_ID,
                        4,
                        side -> init(id),
                        answer -> ((InitProducerIdResponseData) answer).errorCode() == 0));
    }

    static InitProducerIdRequestData init(String id) {
        return new InitProducerIdRequestData().setTransactionalId(id).setTransactionTimeoutMs(60_000);
    }

    /** The same id with another producer id, or with another epoch. */
    Txn disguised(String as) {
        return new Txn(play, as, made);
    }

    long producerId(Side side) {
        return made.of(side, InitProducerIdResponseData.class).producerId();
    }

    short epoch(Side side) {
        return made.of(side, InitProducerIdResponseData.class).producerEpoch();
    }

    AddPartitionsToTxnRequestData adding(Side side, int version, int epochOff, String topic, Integer... partitions) {
        AddPartitionsToTxnTopicCollection topics = new AddPartitionsToTxnTopicCollection();
        topics.add(new AddPartitionsToTxnTopic().setName(topic).setPartitions(List.of(partitions)));
        AddPartitionsToTxnRequestData request = new AddPartitionsToTxnRequestData();
        short epoch = (short) (epoch(side) + epochOff);
        if (version < 4) {
            return request.setV3AndBelowTransactionalId(id)
                    .setV3AndBelowProducerId(producerId(side))
                    .setV3AndBelowProducerEpoch(epoch)
                    .setV3AndBelowTopics(topics);
        }
        request.transactions()
                .add(new AddPartitionsToTxnTransaction()
                        .setTransactionalId(id)
                        .setProducerId(producerId(side))
                        .setProducerEpoch(epoch)
                        .setTopics(topics));
        return request;
    }

    /** Adds a partition and writes a batch to it. */
    void write(String topic, int partition) {
        play.prepare(
                ApiKeys.ADD_PARTITIONS_TO_TXN,
                3,
                side -> adding(side, 3, 0, topic, partition),
                answer -> ((AddPartitionsToTxnResponseData) answer)
                                .resultsByTopicV3AndBelow()
                                .iterator()
                                .next()
                                .resultsByPartition()
                                .iterator()
                                .next()
                                .partitionErrorCode()
                        == 0);
        play.prepare(
                ApiKeys.PRODUCE,
                11,
                side -> batch(side, topic, partition, 0),
                answer -> ((ProduceResponseData) answer)
                                .responses()
                                .iterator()
                                .next()
                                .partitionResponses()
                                .get(0)
                                .errorCode()
                        == 0);
    }

    ProduceRequestData batch(Side side, String topic, int partition, int epochOff) {
        MemoryRecords records = MemoryRecords.withTransactionalRecords(
                Compression.NONE,
                producerId(side),
                (short) (epoch(side) + epochOff),
                0,
                new SimpleRecord(1_700_000_000_000L, new byte[] {1}));
        ProduceRequestData request =
                Setting.produce(topic, Uuid.ZERO_UUID, (short) -1, records).setTransactionalId(id);
        request.topicData().iterator().next().partitionData().get(0).setIndex(partition);
        return request;
    }

    AddOffsetsToTxnRequestData addingOffsets(Side side, int epochOff, String group) {
        return new AddOffsetsToTxnRequestData()
                .setTransactionalId(id)
                .setProducerId(producerId(side))
                .setProducerEpoch((short) (epoch(side) + epochOff))
                .setGroupId(group);
    }

    EndTxnRequestData ending(Side side, int epochOff, boolean commit) {
        return new EndTxnRequestData()
                .setTransactionalId(id)
                .setProducerId(producerId(side))
                .setProducerEpoch((short) (epoch(side) + epochOff))
                .setCommitted(commit);
    }

    /** Waits until nothing of its last transaction is under way. */
    void awaitEnd() {
        play.prepare(
                ApiKeys.DESCRIBE_TRANSACTIONS,
                0,
                side -> new DescribeTransactionsRequestData().setTransactionalIds(List.of(id)),
                answer -> {
                    String state = ((DescribeTransactionsResponseData) answer)
                            .transactionStates()
                            .get(0)
                            .transactionState();
                    return state.startsWith("Complete") || state.equals("Empty");
                });
    }
}
