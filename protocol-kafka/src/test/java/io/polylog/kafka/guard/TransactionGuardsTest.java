package io.polylog.kafka.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.security.Operation;
import io.polylog.security.ResourceType;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddOffsetsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeProducersResponseData.TopicResponse;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.EndTxnResponseData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.message.ListTransactionsResponseData.TransactionState;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What transactional producers need, whoever works on their requests. */
class TransactionGuardsTest {

    @RegisterExtension
    static final GuardedCalls calls = new GuardedCalls();

    @Test
    void partitionsAreAddedAllOrNone() {
        AddPartitionsToTxnTopicCollection topics = new AddPartitionsToTxnTopicCollection();
        topics.add(new AddPartitionsToTxnTopic().setName("mine").setPartitions(List.of(0)));
        topics.add(new AddPartitionsToTxnTopic().setName("other").setPartitions(List.of(0)));
        AddPartitionsToTxnRequestData request = new AddPartitionsToTxnRequestData()
                .setV3AndBelowTransactionalId("txn")
                .setV3AndBelowTopics(topics);
        AddPartitionsToTxnResponseData response = new AddPartitionsToTxnResponseData();
        assertThatThrownBy(() -> calls.ask(ApiKeys.ADD_PARTITIONS_TO_TXN, (short) 3, request, response))
                .isInstanceOf(TransactionalIdAuthorizationException.class);
        calls.allow(ResourceType.TRANSACTIONAL_ID, "txn", Operation.WRITE);
        calls.allow(ResourceType.TOPIC, "mine", Operation.WRITE);

        AddPartitionsToTxnResponseData refused = calls.ask(ApiKeys.ADD_PARTITIONS_TO_TXN, (short) 3, request, response);

        assertThat(calls.worked()).isNull();
        assertThat(error(refused, "mine")).isEqualTo(Errors.OPERATION_NOT_ATTEMPTED);
        assertThat(error(refused, "other")).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);
        calls.allow(ResourceType.TOPIC, "other", Operation.WRITE);
        calls.ask(ApiKeys.ADD_PARTITIONS_TO_TXN, (short) 3, request, response);
        assertThat(calls.worked()).isNotNull();
    }

    private static Errors error(AddPartitionsToTxnResponseData response, String topic) {
        return Errors.forCode(response.resultsByTopicV3AndBelow()
                .find(topic)
                .resultsByPartition()
                .find(0)
                .partitionErrorCode());
    }

    @Test
    void offsetsNeedTheIdTheGroupAndEachTopic() {
        AddOffsetsToTxnRequestData add =
                new AddOffsetsToTxnRequestData().setTransactionalId("txn").setGroupId("group");
        TxnOffsetCommitRequestData commit = new TxnOffsetCommitRequestData()
                .setTransactionalId("txn")
                .setGroupId("group")
                .setTopics(List.of(new TxnOffsetCommitRequestTopic()
                        .setName("input")
                        .setPartitions(List.of(new TxnOffsetCommitRequestPartition()))));
        assertThatThrownBy(
                        () -> calls.ask(ApiKeys.ADD_OFFSETS_TO_TXN, (short) 3, add, new AddOffsetsToTxnResponseData()))
                .isInstanceOf(TransactionalIdAuthorizationException.class);
        calls.allow(ResourceType.TRANSACTIONAL_ID, "txn", Operation.WRITE);
        assertThatThrownBy(
                        () -> calls.ask(ApiKeys.ADD_OFFSETS_TO_TXN, (short) 3, add, new AddOffsetsToTxnResponseData()))
                .isInstanceOf(GroupAuthorizationException.class);
        assertThatThrownBy(() ->
                        calls.ask(ApiKeys.TXN_OFFSET_COMMIT, (short) 3, commit, new TxnOffsetCommitResponseData()))
                .isInstanceOf(GroupAuthorizationException.class);
        calls.allow(ResourceType.GROUP, "group", Operation.READ);

        calls.ask(ApiKeys.ADD_OFFSETS_TO_TXN, (short) 3, add, new AddOffsetsToTxnResponseData());
        TxnOffsetCommitResponseData refused =
                calls.ask(ApiKeys.TXN_OFFSET_COMMIT, (short) 3, commit, new TxnOffsetCommitResponseData());
        assertThat(refused.topics().get(0).partitions().get(0).errorCode())
                .isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED.code());
        calls.allow(ResourceType.TOPIC, "input", Operation.READ);
        assertThat(calls.ask(ApiKeys.TXN_OFFSET_COMMIT, (short) 3, commit, new TxnOffsetCommitResponseData())
                        .topics())
                .isEmpty();
    }

    @Test
    void anotherPrincipalsTransactionIsNeitherEndedNorSeen() {
        assertThatThrownBy(() -> calls.ask(
                        ApiKeys.END_TXN,
                        (short) 3,
                        new EndTxnRequestData().setTransactionalId("txn"),
                        new EndTxnResponseData()))
                .isInstanceOf(TransactionalIdAuthorizationException.class);
        assertThat(calls.worked()).isNull();
        assertThat(listed()).isEmpty();
        assertThat(calls.ask(
                                ApiKeys.DESCRIBE_TRANSACTIONS,
                                (short) 0,
                                new DescribeTransactionsRequestData().setTransactionalIds(List.of("txn")),
                                new DescribeTransactionsResponseData())
                        .transactionStates()
                        .get(0)
                        .errorCode())
                .isEqualTo(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code());

        calls.allow(ResourceType.TRANSACTIONAL_ID, "txn", Operation.DESCRIBE);

        assertThat(listed()).hasSize(1);
    }

    private List<TransactionState> listed() {
        return calls.ask(
                        ApiKeys.LIST_TRANSACTIONS,
                        (short) 0,
                        new ListTransactionsRequestData(),
                        new ListTransactionsResponseData()
                                .setTransactionStates(List.of(new TransactionState().setTransactionalId("txn"))))
                .transactionStates();
    }

    @Test
    void producersOfATopicAreSeenByItsReaders() {
        calls.allow(ResourceType.TOPIC, "mine", Operation.READ);
        DescribeProducersRequestData request = new DescribeProducersRequestData();
        request.topics().add(new TopicRequest().setName("mine").setPartitionIndexes(List.of(0)));
        request.topics().add(new TopicRequest().setName("other").setPartitionIndexes(List.of(7)));
        TopicResponse mine = new TopicResponse().setName("mine");

        DescribeProducersResponseData response = calls.ask(
                ApiKeys.DESCRIBE_PRODUCERS,
                (short) 0,
                request,
                new DescribeProducersResponseData().setTopics(new ArrayList<>(List.of(mine))));

        assertThat(((DescribeProducersRequestData) calls.worked()).topics())
                .extracting(TopicRequest::name)
                .containsExactly("mine");
        assertThat(response.topics().get(1).name()).isEqualTo("other");
        assertThat(response.topics().get(1).partitions().get(0))
                .matches(partition -> partition.partitionIndex() == 7
                        && partition.errorCode() == Errors.TOPIC_AUTHORIZATION_FAILED.code());
    }
}
