package io.polylog.kafka.handler;

import io.polylog.broker.Fetcher;
import io.polylog.broker.Topics;
import io.polylog.kafka.call.Access;
import io.polylog.kafka.call.Endpoint;
import io.polylog.kafka.call.ReadableTopics;
import io.polylog.kafka.call.TopicLookup;
import io.polylog.kafka.call.Traffic;
import io.polylog.kafka.fetch.FetchHandler;
import io.polylog.kafka.fetch.FetchSessions;
import io.polylog.kafka.produce.ProduceHandler;
import io.polylog.spi.AdapterContext;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;

/** Reading and writing records. */
final class DataApis {

    private DataApis() {}

    static void addTo(
            Apis apis,
            AdapterContext context,
            Endpoint endpoint,
            Access access,
            TopicLookup lookup,
            int maxFetchSessions) {
        Topics topics = context.topics();
        Fetcher fetcher = context.fetcher();
        Traffic traffic = new Traffic(context.meters(), context.topicMeters());
        apis.add(ApiKeys.METADATA, MetadataRequestData.class, new MetadataHandler(topics, lookup, fetcher, endpoint));
        apis.add(
                ApiKeys.PRODUCE,
                ProduceRequestData.class,
                new ProduceHandler(
                        lookup,
                        context.appender(),
                        context.transactions(),
                        context.schedules(),
                        context.peerClock(),
                        traffic));
        apis.add(
                ApiKeys.FETCH,
                FetchRequestData.class,
                new FetchHandler(
                        new ReadableTopics(lookup, access),
                        new FetchSessions(maxFetchSessions, context.nanoClock(), context.meters()),
                        fetcher,
                        traffic));
        apis.add(ApiKeys.LIST_OFFSETS, ListOffsetsRequestData.class, new ListOffsetsHandler(lookup, fetcher));
        apis.add(
                ApiKeys.OFFSET_FOR_LEADER_EPOCH,
                OffsetForLeaderEpochRequestData.class,
                new OffsetForLeaderEpochHandler(lookup, fetcher));
        apis.add(
                ApiKeys.INIT_PRODUCER_ID,
                InitProducerIdRequestData.class,
                new InitProducerIdHandler(context.producerIds(), context.transactions()));
    }
}
