package io.polylog.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.embedded.EmbeddedChannel;
import io.polylog.config.Settings;
import io.polylog.kafka.KafkaAdapterFactory;
import io.polylog.kafka.codec.Reply;
import io.polylog.kafka.codec.Request;
import io.polylog.kafka.sasl.Login;
import io.polylog.kafka.sasl.LoginRules;
import io.polylog.metric.Meters;
import io.polylog.security.Acl;
import io.polylog.security.Acls;
import io.polylog.security.Operation;
import io.polylog.security.ResourceType;
import io.polylog.testkit.TestGateway;
import io.polylog.time.EpochClock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddOffsetsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
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
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What transactional producers need, whoever works on their requests. */
class TransactionGuardsTest {

    @TempDir
    static Path directory;

    private static TestGateway gateway;
    private static Acls acls;
    private static Guards guards;

    private final AtomicBoolean worked = new AtomicBoolean();

    @BeforeAll
    static void start() throws Exception {
        gateway = TestGateway.start(directory, Map.of("security.acls", "true"), new KafkaAdapterFactory());
        acls = gateway.context().security().acls();
        guards = new Guards(acls, gateway.context().topics());
    }

    @AfterAll
    static void stop() throws Exception {
        gateway.close();
    }

    @AfterEach
    void takeAllRightsAway() {
        acls.change(List.of(), new ArrayList<>(acls.all()))
                .toCompletableFuture()
                .join();
    }

    private static void allow(ResourceType type, String name, Operation operation) {
        acls.change(
                        List.of(new Acl(type, Acl.Pattern.LITERAL, name, "User:ANONYMOUS", Acl.ANY, operation, true)),
                        List.of())
                .toCompletableFuture()
                .join();
    }

    private <B extends ApiMessage> B ask(ApiKeys key, short version, ApiMessage request, B response) {
        EmbeddedChannel channel = new EmbeddedChannel();
        LoginRules rules = new LoginRules(
                Settings.of(Map.of()), gateway.context().security().credentials(), EpochClock.system(), Meters.none());
        AbstractRequest body =
                AbstractRequest.parseRequest(key, version, MessageUtil.toByteBufferAccessor(request, version)).request;
        Call call = new Call(
                new Request(new RequestHeader(key, version, "client", 1), body, 0),
                channel,
                new Login(rules, channel, () -> {}),
                new ProduceLane(Runnable::run));
        Reply reply = guards.around(call, () -> {
                    worked.set(true);
                    return CompletableFuture.completedFuture(Reply.of(response));
                })
                .toCompletableFuture()
                .join();
        @SuppressWarnings("unchecked")
        B answer = (B) ((Reply.Answer) reply).body();
        return answer;
    }

    @Test
    void partitionsAreAddedAllOrNone() {
        AddPartitionsToTxnTopicCollection topics = new AddPartitionsToTxnTopicCollection();
        topics.add(new AddPartitionsToTxnTopic().setName("mine").setPartitions(List.of(0)));
        topics.add(new AddPartitionsToTxnTopic().setName("other").setPartitions(List.of(0)));
        AddPartitionsToTxnRequestData request = new AddPartitionsToTxnRequestData()
                .setV3AndBelowTransactionalId("txn")
                .setV3AndBelowTopics(topics);
        AddPartitionsToTxnResponseData response = new AddPartitionsToTxnResponseData();
        assertThatThrownBy(() -> ask(ApiKeys.ADD_PARTITIONS_TO_TXN, (short) 3, request, response))
                .isInstanceOf(TransactionalIdAuthorizationException.class);
        allow(ResourceType.TRANSACTIONAL_ID, "txn", Operation.WRITE);
        allow(ResourceType.TOPIC, "mine", Operation.WRITE);

        AddPartitionsToTxnResponseData refused = ask(ApiKeys.ADD_PARTITIONS_TO_TXN, (short) 3, request, response);

        assertThat(worked).isFalse();
        assertThat(error(refused, "mine")).isEqualTo(Errors.OPERATION_NOT_ATTEMPTED);
        assertThat(error(refused, "other")).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED);
        allow(ResourceType.TOPIC, "other", Operation.WRITE);
        ask(ApiKeys.ADD_PARTITIONS_TO_TXN, (short) 3, request, response);
        assertThat(worked).isTrue();
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
        assertThatThrownBy(() -> ask(ApiKeys.ADD_OFFSETS_TO_TXN, (short) 3, add, new AddOffsetsToTxnResponseData()))
                .isInstanceOf(TransactionalIdAuthorizationException.class);
        allow(ResourceType.TRANSACTIONAL_ID, "txn", Operation.WRITE);
        assertThatThrownBy(() -> ask(ApiKeys.ADD_OFFSETS_TO_TXN, (short) 3, add, new AddOffsetsToTxnResponseData()))
                .isInstanceOf(GroupAuthorizationException.class);
        assertThatThrownBy(() -> ask(ApiKeys.TXN_OFFSET_COMMIT, (short) 3, commit, new TxnOffsetCommitResponseData()))
                .isInstanceOf(GroupAuthorizationException.class);
        allow(ResourceType.GROUP, "group", Operation.READ);

        ask(ApiKeys.ADD_OFFSETS_TO_TXN, (short) 3, add, new AddOffsetsToTxnResponseData());
        TxnOffsetCommitResponseData refused =
                ask(ApiKeys.TXN_OFFSET_COMMIT, (short) 3, commit, new TxnOffsetCommitResponseData());
        assertThat(refused.topics().get(0).partitions().get(0).errorCode())
                .isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED.code());
        allow(ResourceType.TOPIC, "input", Operation.READ);
        assertThat(ask(ApiKeys.TXN_OFFSET_COMMIT, (short) 3, commit, new TxnOffsetCommitResponseData())
                        .topics())
                .isEmpty();
    }

    @Test
    void anotherPrincipalsTransactionIsNeitherEndedNorSeen() {
        assertThatThrownBy(() -> ask(
                        ApiKeys.END_TXN,
                        (short) 3,
                        new EndTxnRequestData().setTransactionalId("txn"),
                        new EndTxnResponseData()))
                .isInstanceOf(TransactionalIdAuthorizationException.class);
        assertThat(worked).isFalse();
        assertThat(listed()).isEmpty();
        assertThat(ask(
                                ApiKeys.DESCRIBE_TRANSACTIONS,
                                (short) 0,
                                new DescribeTransactionsRequestData().setTransactionalIds(List.of("txn")),
                                new DescribeTransactionsResponseData())
                        .transactionStates()
                        .get(0)
                        .errorCode())
                .isEqualTo(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code());

        allow(ResourceType.TRANSACTIONAL_ID, "txn", Operation.DESCRIBE);

        assertThat(listed()).hasSize(1);
    }

    private List<TransactionState> listed() {
        return ask(
                        ApiKeys.LIST_TRANSACTIONS,
                        (short) 0,
                        new ListTransactionsRequestData(),
                        new ListTransactionsResponseData()
                                .setTransactionStates(List.of(new TransactionState().setTransactionalId("txn"))))
                .transactionStates();
    }
}
