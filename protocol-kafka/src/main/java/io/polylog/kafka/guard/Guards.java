package io.polylog.kafka.guard;

import io.polylog.broker.Topics;
import io.polylog.kafka.call.Access;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.TopicLookup;
import io.polylog.kafka.codec.Reply;
import io.polylog.security.Acls;
import io.polylog.security.Operation;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/**
 * What each API asks the access control list, in one place beside the handlers, which know nothing of it. Without such a
 * list nobody is asked. An API that nobody has thought of here is for those who may do everything with the gateway.
 */
public final class Guards {

    /** They say nothing that is anybody's secret, or are about proving who one is, or look themselves. */
    private static final Set<ApiKeys> FREE = Set.of(
            ApiKeys.API_VERSIONS,
            ApiKeys.SASL_HANDSHAKE,
            ApiKeys.SASL_AUTHENTICATE,
            ApiKeys.FETCH,
            ApiKeys.GET_TELEMETRY_SUBSCRIPTIONS,
            ApiKeys.PUSH_TELEMETRY);

    /** Requests about the gateway as a whole, and what one needs to be allowed with it. */
    private static final Map<ApiKeys, Operation> CLUSTER = Map.ofEntries(
            Map.entry(ApiKeys.DESCRIBE_ACLS, Operation.DESCRIBE),
            Map.entry(ApiKeys.CREATE_ACLS, Operation.ALTER),
            Map.entry(ApiKeys.DELETE_ACLS, Operation.ALTER),
            Map.entry(ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS, Operation.DESCRIBE),
            Map.entry(ApiKeys.ALTER_USER_SCRAM_CREDENTIALS, Operation.ALTER),
            Map.entry(ApiKeys.DESCRIBE_CLIENT_QUOTAS, Operation.DESCRIBE_CONFIGS),
            Map.entry(ApiKeys.ALTER_CLIENT_QUOTAS, Operation.ALTER_CONFIGS),
            Map.entry(ApiKeys.LIST_PARTITION_REASSIGNMENTS, Operation.DESCRIBE),
            Map.entry(ApiKeys.ALTER_PARTITION_REASSIGNMENTS, Operation.ALTER),
            Map.entry(ApiKeys.ELECT_LEADERS, Operation.ALTER),
            Map.entry(ApiKeys.DESCRIBE_LOG_DIRS, Operation.DESCRIBE),
            Map.entry(ApiKeys.ALTER_REPLICA_LOG_DIRS, Operation.ALTER),
            Map.entry(ApiKeys.DESCRIBE_QUORUM, Operation.DESCRIBE),
            Map.entry(ApiKeys.UPDATE_FEATURES, Operation.ALTER),
            Map.entry(ApiKeys.UNREGISTER_BROKER, Operation.ALTER),
            Map.entry(ApiKeys.LIST_CONFIG_RESOURCES, Operation.DESCRIBE_CONFIGS),
            Map.entry(ApiKeys.WRITE_TXN_MARKERS, Operation.ALTER));

    private record Entry<Q extends ApiMessage>(Class<Q> type, Guard<Q> guard) {
        CompletionStage<Reply> check(Call call, Supplier<CompletionStage<Reply>> rest) {
            return guard.check(call, type.cast(call.request().body().data()), rest);
        }
    }

    private final Acls acls;
    private final Access access;
    private final Map<ApiKeys, Entry<?>> table = new EnumMap<>(ApiKeys.class);

    public Guards(Acls acls, Access access, Topics topics, TopicLookup lookup) {
        this.acls = acls;
        this.access = access;
        new DataGuards(access).addTo(this);
        new MetadataGuards(access, topics).addTo(this);
        new TopicAdminGuards(access, lookup).addTo(this);
        new ConfigGuards(access).addTo(this);
        new GroupGuards(access).addTo(this);
        new OffsetGuards(access).addTo(this);
        new TransactionGuards(access).addTo(this);
        new ShareGuards(access).addTo(this);
        new ShareOffsetGuards(access).addTo(this);
        new StreamsGuards(access).addTo(this);
    }

    /** The APIs whose guard is here; for the others {@link #around} says what is asked. */
    Set<ApiKeys> guarded() {
        Set<ApiKeys> keys = EnumSet.copyOf(table.keySet());
        keys.addAll(FREE);
        keys.addAll(CLUSTER.keySet());
        return keys;
    }

    public <Q extends ApiMessage> void add(ApiKeys key, Class<Q> type, Guard<Q> guard) {
        table.put(key, new Entry<>(type, guard));
    }

    /** Has a request worked on, as far as its client may ask for it. */
    public CompletionStage<Reply> around(Call call, Supplier<CompletionStage<Reply>> handler) {
        ApiKeys key = call.request().key();
        if (!acls.enforced() || FREE.contains(key)) {
            return handler.get();
        }
        Entry<?> entry = table.get(key);
        if (entry != null) {
            return entry.check(call, handler);
        }
        if (!access.cluster(call, CLUSTER.getOrDefault(key, Operation.ALL))) {
            throw Errors.CLUSTER_AUTHORIZATION_FAILED.exception();
        }
        return handler.get();
    }
}
