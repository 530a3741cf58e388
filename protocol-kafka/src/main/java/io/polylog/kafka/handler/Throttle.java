package io.polylog.kafka.handler;

import io.polylog.kafka.call.Call;
import io.polylog.kafka.codec.Reply;
import io.polylog.security.QuotaKind;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Holds clients to their quotas as KIP-219 has it: nobody is refused; the answer says how long the client has to wait, and its
 * connection is not read so long. Any thread.
 */
final class Throttle {

    private static final double PER_CENT = 100;

    private final QuotaBuckets buckets;

    Throttle(QuotaBuckets buckets) {
        this.buckets = buckets;
    }

    /**
     * Charges a call for the time that a thread was busy with it.
     *
     * @param nanos nanoseconds from 0
     */
    void worked(Call call, long nanos) {
        double percentSeconds = nanos * PER_CENT / TimeUnit.SECONDS.toNanos(1);
        call.mute(buckets.use(QuotaKind.REQUEST_PERCENTAGE, call, percentSeconds));
    }

    /** Charges a call for what it has written or is about to read, and tells the client what it has to wait for all in all. */
    Reply charge(Call call, Reply reply) {
        ApiKeys key = call.request().key();
        if (key == ApiKeys.PRODUCE) {
            call.mute(buckets.use(
                    QuotaKind.PRODUCER_BYTE_RATE, call, call.request().sizeInBytes()));
        } else if (key == ApiKeys.FETCH
                && reply instanceof Reply.Answer answer
                && answer.body() instanceof FetchResponseData body) {
            call.mute(buckets.use(QuotaKind.CONSUMER_BYTE_RATE, call, (double) recordBytes(body)));
        }
        if (call.muteMs() > 0 && reply instanceof Reply.Answer answer) {
            ThrottleTimes.set(answer.body(), call.muteMs());
        }
        return reply;
    }

    private static long recordBytes(FetchResponseData body) {
        long bytes = 0;
        for (var topic : body.responses()) {
            for (var partition : topic.partitions()) {
                bytes += partition.records() == null ? 0 : partition.records().sizeInBytes();
            }
        }
        return bytes;
    }
}
