package io.polylog.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KvBatch;
import io.polylog.kv.KvBudget;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LazyStoreTest {

    private static final byte[] KEY = {7};

    @TempDir
    private Path directory;

    private KvBudget budget;
    private LazyStore store;

    @BeforeEach
    void open() {
        budget = new KvBudget();
        store = new LazyStore(directory.resolve("state"), budget, () -> false);
    }

    @AfterEach
    void close() throws Exception {
        store.close();
        budget.close();
    }

    @Test
    void isNotThereBeforeSomethingIsWritten() {
        assertThat(store.ifOpen()).isEmpty();
    }

    @Test
    void whoeverAsksFindsAllThatWasWritten() {
        for (byte value = 1; value < 100; value++) {
            write(KEY, new byte[] {value});
            Optional<KeyValueStore> asked = value % 2 == 0 ? Optional.of(store.get()) : store.ifOpen();
            assertThat(asked.orElseThrow().get(GroupStateMachine.FAMILY, KEY)).hasValue(new byte[] {value});
        }
    }

    @Test
    void writesByItselfWhatHasBecomeMuch() {
        write(KEY, new byte[] {1});
        KeyValueStore asked = store.get();
        write(KEY, new byte[] {2});
        assertThat(asked.get(GroupStateMachine.FAMILY, KEY)).hasValue(new byte[] {1});
        write(new byte[] {8}, new byte[1 << 20]);
        assertThat(asked.get(GroupStateMachine.FAMILY, KEY)).hasValue(new byte[] {2});
    }

    private void write(byte[] key, byte[] value) {
        store.write(new KvBatch().put(GroupStateMachine.FAMILY, key, value));
    }
}
