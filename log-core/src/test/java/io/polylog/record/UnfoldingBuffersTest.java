package io.polylog.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class UnfoldingBuffersTest {

    private final UnfoldingBuffers buffers = UnfoldingBuffers.ofThisThread();

    @Test
    void keepsBuffersOfTheUsualSizes() {
        ByteBuffer first = buffers.get(64 << 10);
        buffers.release(first);

        assertThat(buffers.get(64 << 10)).isSameAs(first);
    }

    @Test
    void givesTwoThatAreInUseAtOnceTheirOwn() {
        ByteBuffer first = buffers.get(64 << 10);
        ByteBuffer second = buffers.get(64 << 10);

        assertThat(second).isNotSameAs(first);
    }

    @Test
    void keepsNoneThatOnlyAClientChose() {
        ByteBuffer large = buffers.get(4 << 20);
        buffers.release(large);

        assertThat(large.capacity()).isEqualTo(4 << 20);
        assertThat(buffers.get(4 << 20)).isNotSameAs(large);
    }

    @Test
    void belongToTheirThread() {
        assertThat(UnfoldingBuffers.ofThisThread()).isSameAs(buffers);
        assertThat(CompletableFuture.supplyAsync(UnfoldingBuffers::ofThisThread).join())
                .isNotSameAs(buffers);
    }
}
