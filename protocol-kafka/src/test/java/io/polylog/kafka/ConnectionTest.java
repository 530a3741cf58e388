package io.polylog.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.polylog.broker.AppendResult;
import io.polylog.broker.Appender;
import io.polylog.broker.Fetcher;
import io.polylog.broker.LogDirectory;
import io.polylog.broker.LogRead;
import io.polylog.broker.LogSlice;
import io.polylog.broker.PartitionOffsets;
import io.polylog.broker.Registration;
import io.polylog.config.ConfigKey;
import io.polylog.config.Settings;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.TopicPartition;
import io.polylog.spi.AdapterContext;
import io.polylog.spi.ProtocolAdapter;
import io.polylog.spi.ProtocolAdapterFactory;
import io.polylog.testkit.TestGateway;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.ProduceResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The order of answers, and what becomes of slices and waits when connections are lost. */
class ConnectionTest {

    private static final short PRODUCE_VERSION = 9;
    private static final short FETCH_VERSION = 11;
    private static final short METADATA_VERSION = 9;

    @TempDir
    Path directory;

    private final AtomicInteger openSlices = new AtomicInteger();
    private final AtomicInteger readSlices = new AtomicInteger();
    private final AtomicInteger watches = new AtomicInteger();
    private final AtomicInteger watched = new AtomicInteger();
    private final CompletableFuture<Void> firstAppendMayEnd = new CompletableFuture<>();
    private final AtomicInteger appends = new AtomicInteger();

    private TestGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = TestGateway.start(directory, new WatchedFactory());
        gateway.context().topics().ensure("t").toCompletableFuture().join();
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    @Test
    void answersComeInTheOrderOfRequests() throws Exception {
        try (RawClient client = new RawClient(gateway.port("kafka"))) {
            client.send(ApiKeys.PRODUCE, PRODUCE_VERSION, 1, produce());
            client.send(ApiKeys.PRODUCE, PRODUCE_VERSION, 2, produce());
            client.send(ApiKeys.METADATA, METADATA_VERSION, 3, metadata());
            await().until(() -> appends.get() == 2); // the second did not wait for the first
            assertThat(client.hasAnswer()).isFalse();
            firstAppendMayEnd.complete(null);
            ProduceResponse first = (ProduceResponse) client.receive(ApiKeys.PRODUCE, PRODUCE_VERSION, 1);
            ProduceResponse second = (ProduceResponse) client.receive(ApiKeys.PRODUCE, PRODUCE_VERSION, 2);
            assertThat(offset(first)).isZero();
            assertThat(offset(second)).isEqualTo(1);
            client.receive(ApiKeys.METADATA, METADATA_VERSION, 3);
        }
    }

    @Test
    void aWaitingFetchHoldsUpNoOtherConnection() throws Exception {
        try (RawClient waiting = new RawClient(gateway.port("kafka"));
                RawClient other = new RawClient(gateway.port("kafka"))) {
            waiting.send(ApiKeys.FETCH, FETCH_VERSION, 1, fetch(0, 60_000));
            await().until(() -> watches.get() == 1);
            other.send(ApiKeys.METADATA, METADATA_VERSION, 1, metadata());
            other.receive(ApiKeys.METADATA, METADATA_VERSION, 1);
            assertThat(waiting.hasAnswer()).isFalse();
        }
    }

    @Test
    void aLostConnectionEndsItsWait() throws Exception {
        try (RawClient waiting = new RawClient(gateway.port("kafka"))) {
            waiting.send(ApiKeys.FETCH, FETCH_VERSION, 1, fetch(0, 600_000));
            await().until(() -> watches.get() == 1);
        }
        await().until(() -> watches.get() == 0);
    }

    @Test
    void aPartitionNamedTwiceIsWatchedOnce() throws Exception {
        try (RawClient waiting = new RawClient(gateway.port("kafka"))) {
            FetchRequestData twice = fetch(0, 300);
            FetchRequestData.FetchPartition partition =
                    twice.topics().get(0).partitions().get(0);
            twice.topics().get(0).setPartitions(List.of(partition, partition));
            waiting.send(ApiKeys.FETCH, FETCH_VERSION, 1, twice);
            waiting.receive(ApiKeys.FETCH, FETCH_VERSION, 1);
            assertThat(watched.get()).isEqualTo(1);
        }
    }

    @Test
    void aLostConnectionGivesItsSlicesBack() throws Exception {
        firstAppendMayEnd.complete(null);
        for (int i = 0; i < 30; i++) {
            gateway.context()
                    .publisher()
                    .publish(
                            gateway.context().topics().find("t").orElseThrow(),
                            new Record(null, new byte[1_000_000], 1, Headers.EMPTY))
                    .toCompletableFuture()
                    .join();
        }
        for (int i = 0; i < 5; i++) {
            try (RawClient client = new RawClient(gateway.port("kafka"))) {
                client.send(ApiKeys.FETCH, FETCH_VERSION, 1, fetch(0, 0));
                await().until(client::hasAnswer); // on its way, and far more than the socket takes
            }
        }
        await().until(() -> readSlices.get() == 5 && openSlices.get() == 0);
    }

    private static long offset(ProduceResponse response) {
        return response.data()
                .responses()
                .iterator()
                .next()
                .partitionResponses()
                .get(0)
                .baseOffset();
    }

    private static ApiMessage produce() {
        return SampleRequests.of(ApiKeys.PRODUCE, PRODUCE_VERSION, Uuid.ZERO_UUID);
    }

    private static ApiMessage metadata() {
        return SampleRequests.of(ApiKeys.METADATA, METADATA_VERSION, Uuid.ZERO_UUID);
    }

    private static FetchRequestData fetch(long offset, int maxWaitMs) {
        return new FetchRequestData()
                .setReplicaId(-1)
                .setMaxWaitMs(maxWaitMs)
                .setMinBytes(1)
                .setMaxBytes(50 << 20)
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopic("t")
                        .setPartitions(List.of(new FetchRequestData.FetchPartition()
                                .setFetchOffset(offset)
                                .setPartitionMaxBytes(50 << 20)))));
    }

    /** The Kafka door over ports that count, and whose first append ends when the test says so. */
    private final class WatchedFactory implements ProtocolAdapterFactory {
        private final KafkaAdapterFactory factory = new KafkaAdapterFactory();

        @Override
        public String name() {
            return factory.name();
        }

        @Override
        public int defaultPort() {
            return factory.defaultPort();
        }

        @Override
        public List<ConfigKey<?>> keys() {
            return factory.keys();
        }

        @Override
        public ProtocolAdapter create(AdapterContext c, Settings settings) {
            return factory.create(
                    new AdapterContext(
                            c.clusterId(),
                            c.nodeId(),
                            c.brokerSettings(),
                            c.clientMetrics(),
                            c.topics(),
                            heldAppender(c.appender()),
                            c.publisher(),
                            new CountingFetcher(c.fetcher()),
                            c.dispatcher(),
                            c.shareGroups(),
                            c.sessions(),
                            c.retained(),
                            c.schedules(),
                            c.producerIds(),
                            c.groupCoordinator(),
                            c.transactions(),
                            c.security(),
                            c.meters(),
                            c.topicMeters(),
                            c.readiness(),
                            c.reports(),
                            c.logLevels(),
                            c.epochClock(),
                            c.peerClock(),
                            c.nanoClock(),
                            c.scheduler()),
                    settings);
        }
    }

    private Appender heldAppender(Appender real) {
        return (partition, batch) -> {
            boolean first = appends.getAndIncrement() == 0;
            CompletionStage<AppendResult> appended = real.append(partition, batch);
            return first ? firstAppendMayEnd.thenCompose(released -> appended) : appended;
        };
    }

    private final class CountingFetcher implements Fetcher {
        private final Fetcher real;

        CountingFetcher(Fetcher real) {
            this.real = real;
        }

        @Override
        public CompletionStage<LogRead> readCommitted(
                TopicPartition partition, long offset, int maxBytes, boolean atLeastOne) {
            return real.readCommitted(partition, offset, maxBytes, atLeastOne);
        }

        @Override
        public CompletionStage<LogRead> read(TopicPartition partition, long offset, int maxBytes, boolean atLeastOne) {
            return real.read(partition, offset, maxBytes, atLeastOne).thenApply(read -> {
                readSlices.incrementAndGet();
                return new LogRead(new CountingSlice(read.slice()), read.offsets());
            });
        }

        @Override
        public PartitionOffsets offsets(TopicPartition partition) {
            return real.offsets(partition);
        }

        @Override
        public long sizeInBytes(TopicPartition partition) {
            return real.sizeInBytes(partition);
        }

        @Override
        public CompletionStage<LogDirectory> directory() {
            return real.directory();
        }

        @Override
        public CompletionStage<Optional<TimedOffset>> offsetForTime(TopicPartition partition, long timestampMs) {
            return real.offsetForTime(partition, timestampMs);
        }

        @Override
        public CompletionStage<Optional<TimedOffset>> offsetOfMaxTimestamp(TopicPartition partition) {
            return real.offsetOfMaxTimestamp(partition);
        }

        @Override
        public Registration watch(TopicPartition partition, Runnable onAdvance) {
            Registration registration = real.watch(partition, onAdvance);
            watches.incrementAndGet();
            watched.incrementAndGet();
            AtomicBoolean closed = new AtomicBoolean();
            return () -> {
                registration.close();
                if (closed.compareAndSet(false, true)) {
                    watches.decrementAndGet();
                }
            };
        }
    }

    private final class CountingSlice implements LogSlice {
        private final LogSlice real;
        private final AtomicBoolean closed = new AtomicBoolean();

        CountingSlice(LogSlice real) {
            this.real = real;
            openSlices.incrementAndGet();
        }

        @Override
        public long endOffset() {
            return 0;
        }

        @Override
        public long offsetCount() {
            return 0;
        }

        @Override
        public int sizeInBytes() {
            return real.sizeInBytes();
        }

        @Override
        public long transferTo(WritableByteChannel target, long from, long count) throws IOException {
            return real.transferTo(target, from, count);
        }

        @Override
        public ByteBuffer toBuffer() throws IOException {
            return real.toBuffer();
        }

        @Override
        public void close() {
            real.close();
            if (closed.compareAndSet(false, true)) {
                openSlices.decrementAndGet();
            }
        }
    }
}
