package io.polylog.kafka.handler;

import io.polylog.group.GroupCoordinator;
import io.polylog.kafka.call.TopicLookup;
import io.polylog.spi.AdapterContext;
import io.polylog.txn.TransactionCoordinator;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData;
import org.apache.kafka.common.protocol.ApiKeys;

/** Transactions (KIP-98, KIP-890), and looking at them (KIP-664). */
final class TransactionApis {

    private TransactionApis() {}

    static void addTo(Apis apis, AdapterContext context, TopicLookup lookup) {
        TransactionCoordinator transactions = context.transactions();
        GroupCoordinator groups = context.groupCoordinator();
        apis.add(
                ApiKeys.ADD_PARTITIONS_TO_TXN,
                AddPartitionsToTxnRequestData.class,
                new AddPartitionsToTxnHandler(lookup, transactions));
        apis.add(
                ApiKeys.ADD_OFFSETS_TO_TXN,
                AddOffsetsToTxnRequestData.class,
                new AddOffsetsToTxnHandler(groups, transactions));
        apis.add(ApiKeys.END_TXN, EndTxnRequestData.class, new EndTxnHandler(transactions));
        apis.add(
                ApiKeys.TXN_OFFSET_COMMIT,
                TxnOffsetCommitRequestData.class,
                new TxnOffsetCommitHandler(lookup, groups));
        apis.add(
                ApiKeys.WRITE_TXN_MARKERS,
                WriteTxnMarkersRequestData.class,
                new WriteTxnMarkersHandler(lookup, transactions));
        apis.add(
                ApiKeys.DESCRIBE_TRANSACTIONS,
                DescribeTransactionsRequestData.class,
                new DescribeTransactionsHandler(transactions));
        apis.add(
                ApiKeys.LIST_TRANSACTIONS,
                ListTransactionsRequestData.class,
                new ListTransactionsHandler(transactions, context.epochClock()));
        apis.add(
                ApiKeys.DESCRIBE_PRODUCERS,
                DescribeProducersRequestData.class,
                new DescribeProducersHandler(lookup, transactions));
    }
}
