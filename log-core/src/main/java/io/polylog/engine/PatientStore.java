package io.polylog.engine;

import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KvBatch;
import io.polylog.kv.KvException;
import io.polylog.kv.KvIterator;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A key-value store as apply sees it: a write that finds the disk full waits until it goes through. That is safe because
 * the store writes all of a batch or nothing, and takes writes again by itself once there is room.
 */
final class PatientStore implements KeyValueStore {

    private final KeyValueStore store;
    private final DiskSpace space;

    PatientStore(KeyValueStore store, DiskSpace space) {
        this.store = store;
        this.space = space;
    }

    @Override
    public Optional<byte[]> get(String family, byte[] key) {
        return store.get(family, key);
    }

    @Override
    public KvIterator scan(String family, byte[] from, byte[] to) {
        return store.scan(family, from, to);
    }

    @Override
    public void write(KvBatch batch) {
        while (true) {
            try {
                store.write(batch);
                return;
            } catch (KvException failure) {
                if (!failure.noSpace() || !space.awaitRoom()) {
                    throw failure;
                }
            }
        }
    }

    @Override
    public void checkpoint(Path directory) {
        store.checkpoint(directory);
    }

    @Override
    public void close() {
        store.close();
    }
}
