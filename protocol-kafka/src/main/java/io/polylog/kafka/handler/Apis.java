package io.polylog.kafka.handler;

import io.polylog.broker.BrokerSetting;
import io.polylog.broker.BrokerSettings;
import io.polylog.broker.KnownBrokerSettings;
import io.polylog.kafka.call.Access;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.Endpoint;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.call.TopicLookup;
import io.polylog.kafka.codec.Reply;
import io.polylog.kafka.guard.Guards;
import io.polylog.spi.AdapterContext;
import io.polylog.time.NanoClock;
import java.net.InetAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** The APIs this gateway offers, each with its handler. What is not in this table is neither advertised nor answered. */
public final class Apis {

    private record Api<Q extends ApiMessage>(Class<Q> type, RequestHandler<Q> handler) {
        CompletionStage<Reply> handle(Call call) {
            return handler.handle(call, type.cast(call.request().body().data()));
        }
    }

    private static final BrokerSetting CONNECTION_RATE = KnownBrokerSettings.known(KnownBrokerSettings.CONNECTION_RATE);

    private final Map<ApiKeys, Api<?>> table = new EnumMap<>(ApiKeys.class);
    private final Guards guards;
    private final QuotaBuckets buckets;
    private final Throttle throttle;
    private final NanoClock clock;
    private final BrokerSettings brokerSettings;

    /**
     * @param transactionVersion level of the feature {@code transaction.version}
     * @param maxFetchSessions fetch sessions at a time, from 0
     * @param maxClientSeries values of clients' metrics that are kept at a time, from 0
     */
    public Apis(
            AdapterContext context,
            Endpoint endpoint,
            int transactionVersion,
            int maxFetchSessions,
            int maxClientSeries) {
        TopicLookup lookup = new TopicLookup(context.topics());
        Access access = new Access(context.security().acls(), lookup);
        guards = new Guards(context.security().acls(), access, context.topics(), lookup);
        clock = context.nanoClock();
        brokerSettings = context.brokerSettings();
        buckets = new QuotaBuckets(context.security().quotas(), clock);
        throttle = new Throttle(buckets);
        Features features = new Features(transactionVersion);
        add(
                ApiKeys.API_VERSIONS,
                ApiVersionsRequestData.class,
                new ApiVersionsHandler(table.keySet(), endpoint, features));
        DataApis.addTo(this, context, endpoint, access, lookup, maxFetchSessions);
        AdminApis.addTopics(this, context, endpoint, lookup, new MutationQuota(buckets));
        AdminApis.addCluster(this, context, endpoint, features);
        GroupApis.addGroups(this, context.groupCoordinator(), endpoint, lookup, access);
        TransactionApis.addTo(this, context, lookup);
        ShareApis.addTo(this, context, lookup, access);
        GroupApis.addStreams(this, context.groupCoordinator(), context.topics(), access);
        TelemetryApis.addTo(this, context, maxClientSeries);
        SecurityApis.addTo(this, context.security());
    }

    public <Q extends ApiMessage> void add(ApiKeys key, Class<Q> type, RequestHandler<Q> handler) {
        table.put(key, new Api<>(type, handler));
    }

    /** Whether requests of this kind are answered. */
    public boolean answers(ApiKeys key, short version) {
        return table.containsKey(key) && version >= key.oldestVersion() && version <= key.latestVersion(false);
    }

    /**
     * Whether a request of this API may start while earlier ones of its kind are still waiting for the disk. Only Produce
     * gains by it; everything else is worked on alone, as in Kafka, so that a client sees what its earlier requests did.
     */
    public static boolean overlaps(ApiKeys key) {
        return key == ApiKeys.PRODUCE;
    }

    /** Works on a request that {@link #answers} said yes to. */
    public CompletionStage<Reply> handle(Call call) {
        Api<?> api = table.get(call.request().key());
        if (api == null) {
            throw new IllegalStateException(call.request().key() + " is not offered");
        }
        long from = clock.nanoTime();
        CompletionStage<Reply> handled;
        try {
            handled = guards.around(call, () -> api.handle(call));
        } finally {
            throttle.worked(call, clock.nanoTime() - from);
        }
        return handled.thenApply(reply -> throttle.charge(call, reply));
    }

    /**
     * Takes in a connection from an address (KIP-612), if neither that nor all of them together have used up their rate.
     *
     * @return 0, or the milliseconds that it is to be left unheard before it is closed
     */
    public int connect(InetAddress address) {
        int waitMs = buckets.connect(address.getHostAddress());
        return waitMs > 0 ? waitMs : buckets.connectAny(connectionRate());
    }

    private int connectionRate() {
        return Integer.parseInt(brokerSettings.value(CONNECTION_RATE).orElseThrow());
    }
}
