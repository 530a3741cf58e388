package io.polylog.kafka;

import io.polylog.config.ConfigKey;
import io.polylog.config.Settings;
import io.polylog.kafka.sasl.SaslKeys;
import io.polylog.spi.AdapterContext;
import io.polylog.spi.ProtocolAdapter;
import io.polylog.spi.ProtocolAdapterFactory;
import java.util.ArrayList;
import java.util.List;

/** The Kafka door: producers, consumers, groups and administration with stock Kafka clients. */
public final class KafkaAdapterFactory implements ProtocolAdapterFactory {

    static final ConfigKey<String> ADVERTISED_HOST = ConfigKey.text(
            "kafka.advertised-host", "", "Host that Kafka clients are told to connect to; empty means the bound host.");

    static final ConfigKey<Integer> ADVERTISED_PORT = ConfigKey.integer(
            "kafka.advertised-port",
            0,
            0,
            65535,
            "Port that Kafka clients are told to connect to; 0 means the bound port.");

    static final ConfigKey<Integer> ADVERTISED_TLS_PORT = ConfigKey.integer(
            "kafka.advertised-tls-port",
            0,
            0,
            65535,
            "Port that Kafka clients that speak TLS are told to connect to; 0 means the bound port.");

    static final ConfigKey<Integer> MAX_REQUEST_BYTES = ConfigKey.integer(
            "kafka.max-request-bytes",
            100 << 20,
            1 << 10,
            1 << 30,
            "Longest request; the first one of a connection may have 524288 bytes at most.");

    static final ConfigKey<Integer> MAX_IN_FLIGHT_BYTES = ConfigKey.integer(
            "kafka.max-in-flight-bytes",
            128 << 20,
            1 << 20,
            1 << 30,
            "What the requests of all connections may hold together before the gateway stops reading more.");

    static final ConfigKey<Integer> REQUEST_TIMEOUT_MS = ConfigKey.integer(
            "kafka.request-timeout-ms",
            10_000,
            100,
            3_600_000,
            "How long the first request of a connection may take to arrive, and every 65536 bytes of a later one, before"
                    + " the connection is closed.");

    static final ConfigKey<Integer> IDLE_TIMEOUT_MS = ConfigKey.integer(
            "kafka.idle-timeout-ms",
            600_000,
            1_000,
            86_400_000,
            "How long a connection may neither send nor take anything, with no request being worked on, before it is"
                    + " closed.");

    static final ConfigKey<Integer> TRANSACTION_VERSION = ConfigKey.integer(
            "kafka.transaction-version",
            2,
            1,
            2,
            "Level of the feature transaction.version that clients are told: from 2 on, those that can have their epoch raised"
                    + " by each transaction (KIP-890).");

    static final ConfigKey<Integer> MAX_FETCH_SESSIONS = ConfigKey.integer(
            "kafka.max-fetch-sessions",
            1_000,
            0,
            100_000,
            "Fetch sessions (KIP-227) at a time; consumers beyond that name all their partitions in each request.");

    static final ConfigKey<Integer> MAX_CLIENT_METRICS = ConfigKey.integer(
            "kafka.max-client-metrics",
            20_000,
            0,
            1_000_000,
            "Values that are kept and shown of the metrics that clients push (KIP-714), of all clients together.");

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public int defaultPort() {
        return 9092;
    }

    @Override
    public List<ConfigKey<?>> keys() {
        List<ConfigKey<?>> keys = new ArrayList<>(List.of(
                ADVERTISED_HOST,
                ADVERTISED_PORT,
                ADVERTISED_TLS_PORT,
                MAX_REQUEST_BYTES,
                MAX_IN_FLIGHT_BYTES,
                REQUEST_TIMEOUT_MS,
                IDLE_TIMEOUT_MS,
                TRANSACTION_VERSION,
                MAX_FETCH_SESSIONS,
                MAX_CLIENT_METRICS));
        keys.addAll(SaslKeys.all());
        return keys;
    }

    @Override
    public List<String> faults(Settings settings) {
        return SaslKeys.faults(settings);
    }

    @Override
    public boolean authenticates(Settings settings) {
        return SaslKeys.asked(settings);
    }

    @Override
    public String howToAuthenticate() {
        return "set kafka.sasl.mechanisms to SCRAM-SHA-512, or ";
    }

    @Override
    public ProtocolAdapter create(AdapterContext context, Settings settings) {
        return new KafkaAdapter(context, settings);
    }
}
