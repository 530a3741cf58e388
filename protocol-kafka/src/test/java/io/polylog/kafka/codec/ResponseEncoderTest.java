package io.polylog.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.polylog.broker.LogSlice;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.ResponseHeader;
import org.junit.jupiter.api.Test;

class ResponseEncoderTest {

    @Test
    void cutsSlicesOutOfTheBuffer() throws IOException {
        for (short version = ApiKeys.FETCH.oldestVersion(); version <= ApiKeys.FETCH.latestVersion(); version++) {
            byte[] first = {1, 2, 3, 4, 5};
            byte[] second = {6, 7};
            ArraySlice one = new ArraySlice(first);
            ArraySlice two = new ArraySlice(second);
            FetchResponseData body = new FetchResponseData()
                    .setResponses(List.of(new FetchableTopicResponse()
                            .setTopic("t")
                            .setPartitions(List.of(
                                    new PartitionData().setPartitionIndex(0).setRecords(new SliceRecords(one)),
                                    new PartitionData().setPartitionIndex(1).setRecords(MemoryRecords.EMPTY),
                                    new PartitionData().setPartitionIndex(2).setRecords(new SliceRecords(two))))));
            Request request = request(version);

            ResponseEncoder.Encoded encoded = ResponseEncoder.encode(request, body, PooledByteBufAllocator.DEFAULT);

            ByteBuffer wire = ByteBuffer.wrap(drain(encoded.pieces()));
            assertThat((long) wire.remaining()).isEqualTo(encoded.sizeInBytes());
            assertThat(wire.getInt()).isEqualTo(wire.remaining());
            assertThat(ResponseHeader.parse(wire, ApiKeys.FETCH.responseHeaderVersion(version))
                            .correlationId())
                    .isEqualTo(23);
            FetchResponseData read = new FetchResponseData(new ByteBufferAccessor(wire), version);
            List<PartitionData> partitions = read.responses().get(0).partitions();
            assertThat(bytes(partitions.get(0))).isEqualTo(first);
            assertThat(bytes(partitions.get(1))).isEmpty();
            assertThat(bytes(partitions.get(2))).isEqualTo(second);
            assertThat(one.closed).isTrue();
            assertThat(two.closed).isTrue();
        }
    }

    private static Request request(short version) {
        RequestHeader header = new RequestHeader(ApiKeys.FETCH, version, "tester", 23);
        return new Request(header, new FetchRequest(new FetchRequestData(), version), 1);
    }

    private static byte[] bytes(PartitionData partition) {
        ByteBuffer buffer = ((MemoryRecords) partition.records()).buffer();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static byte[] drain(List<Object> pieces) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Object piece : pieces) {
            if (piece instanceof ByteBuf buffer) {
                buffer.readBytes(out, buffer.readableBytes());
                buffer.release();
            } else {
                SliceRegion region = (SliceRegion) piece;
                WritableByteChannel target = Channels.newChannel(out);
                while (region.transferred() < region.count()) {
                    region.transferTo(target, region.transferred());
                }
                region.release();
            }
        }
        return out.toByteArray();
    }

    /** A slice that gives two bytes at a time, as a socket with little room takes. */
    private static final class ArraySlice implements LogSlice {
        private final byte[] bytes;
        private boolean closed;

        ArraySlice(byte[] bytes) {
            this.bytes = bytes;
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
            return bytes.length;
        }

        @Override
        public long transferTo(WritableByteChannel target, long from, long count) throws IOException {
            return target.write(ByteBuffer.wrap(bytes, (int) from, (int) Math.min(2, count)));
        }

        @Override
        public ByteBuffer toBuffer() {
            return ByteBuffer.wrap(bytes);
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
