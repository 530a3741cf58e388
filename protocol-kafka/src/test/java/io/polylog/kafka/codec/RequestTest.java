package io.polylog.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Random;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.Test;

class RequestTest {

    @Test
    void readsHeaderAndBody() {
        Request request = Request.parse(metadata((short) 9), (key, version) -> true);
        assertThat(request.key()).isEqualTo(ApiKeys.METADATA);
        assertThat(request.version()).isEqualTo((short) 9);
        assertThat(request.clientId()).isEqualTo("tester");
        assertThat(((MetadataRequest) request.body()).isAllTopics()).isTrue();
    }

    @Test
    void refusesWhatIsNotOffered() {
        assertThatThrownBy(() -> Request.parse(metadata((short) 9), (key, version) -> false))
                .isInstanceOf(MalformedRequestException.class);
    }

    @Test
    void answersUnknownApiVersionsInVersionZero() {
        ByteBuffer future = ByteBuffer.allocate(12);
        future.putShort(ApiKeys.API_VERSIONS.id)
                .putShort((short) 99)
                .putInt(5)
                .putShort((short) -1)
                .put((byte) 0)
                .put((byte) 77)
                .flip();
        Request request = Request.parse(future, (key, version) -> true);
        assertThat(request.version()).isZero();
    }

    @Test
    void refusesEveryTruncation() {
        ByteBuffer whole = metadata((short) 9);
        for (int length = 0; length < whole.remaining(); length++) {
            ByteBuffer cut = whole.slice(0, length);
            assertThatThrownBy(() -> Request.parse(cut, (key, version) -> true))
                    .as("cut at %d", length)
                    .isInstanceOf(MalformedRequestException.class);
        }
    }

    /** Names of no characters: two bytes each here, and an object each once they are read. */
    @Test
    void refusesMoreFieldsThanItWouldHaveRoomFor() {
        int names = FieldReader.MAX_FIELDS;
        ByteBuffer header = metadata((short) 8);
        header.limit(header.limit() - 7); // without the body
        for (int count : new int[] {names / 4, names, 10 * names}) {
            ByteBuffer request = ByteBuffer.allocate(header.remaining() + 4 + 2 * count + 3);
            request.put(header.duplicate()).putInt(count).rewind();
            if (count < names) {
                assertThat(Request.parse(request, (key, version) -> true).key()).isEqualTo(ApiKeys.METADATA);
            } else {
                assertThatThrownBy(() -> Request.parse(request, (key, version) -> true))
                        .isInstanceOf(MalformedRequestException.class);
            }
        }
    }

    @Test
    void survivesRandomBytes() {
        Random random = new Random(42);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            if (bytes.length > 4) { // let most of them get past the api key and version
                bytes[0] = 0;
                bytes[2] = 0;
                bytes[3] &= 0x07;
            }
            try {
                Request.parse(ByteBuffer.wrap(bytes), (key, version) -> key.isVersionSupported(version));
            } catch (MalformedRequestException expected) {
                assertThat(expected.getMessage()).doesNotContain("\n");
            }
        }
    }

    private static ByteBuffer metadata(short version) {
        RequestHeader header = new RequestHeader(ApiKeys.METADATA, version, "tester", 17);
        return new MetadataRequest(new MetadataRequestData().setTopics(null), version).serializeWithHeader(header);
    }
}
