package io.polylog.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SerialExecutorTest {

    @Test
    void runsTasksOfManyThreadsOneAtATime() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            SerialExecutor serial = new SerialExecutor(pool);
            int threads = 4;
            int tasks = 20_000;
            CountDownLatch done = new CountDownLatch(threads * tasks);
            long[] plain = new long[1]; // not atomic: only exclusion and visibility make the sum right
            for (int i = 0; i < threads; i++) {
                new Thread(() -> {
                            for (int j = 0; j < tasks; j++) {
                                serial.execute(() -> {
                                    plain[0]++;
                                    done.countDown();
                                });
                            }
                        })
                        .start();
            }
            assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(plain[0]).isEqualTo((long) threads * tasks);
        } finally {
            pool.shutdownNow();
        }
    }
}
