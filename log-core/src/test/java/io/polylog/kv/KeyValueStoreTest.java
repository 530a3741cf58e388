package io.polylog.kv;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyValueStoreTest {

    private static final Set<String> FAMILIES = Set.of("ledgers", "producers");

    @TempDir
    Path directory;

    private KvBudget budget;
    private KeyValueStore store;

    @BeforeEach
    void open() {
        budget = new KvBudget();
        store = KeyValueStore.open(directory.resolve("live"), FAMILIES, budget);
    }

    @AfterEach
    void close() {
        store.close();
        budget.close();
    }

    @Test
    void keepsFamiliesApart() {
        store.write(new KvBatch().put("ledgers", bytes("k"), bytes("1")).put("producers", bytes("k"), bytes("2")));

        assertThat(store.get("ledgers", bytes("k"))).hasValue(bytes("1"));
        assertThat(store.get("producers", bytes("k"))).hasValue(bytes("2"));
        assertThat(store.get("producers", bytes("absent"))).isEmpty();
    }

    @Test
    void scansInUnsignedOrderWithExclusiveEnd() {
        KvBatch batch = new KvBatch();
        for (int i : new int[] {0xFF, 0x80, 0x7F, 0x00}) {
            batch.put("ledgers", new byte[] {(byte) i}, new byte[0]);
        }
        store.write(batch);

        assertThat(keys(store.scan("ledgers", new byte[] {0}, new byte[] {(byte) 0xFF})))
                .containsExactly("00", "7f", "80");
    }

    @Test
    void scanDoesNotSeeLaterWrites() {
        store.write(new KvBatch().put("ledgers", bytes("a"), bytes("1")));
        KvIterator scan = store.scan("ledgers", bytes("a"), bytes("z"));

        store.write(new KvBatch().put("ledgers", bytes("b"), bytes("1")));

        assertThat(keys(scan)).containsExactly("61");
    }

    @Test
    void deletesRanges() {
        store.write(new KvBatch()
                .put("ledgers", bytes("a"), bytes("1"))
                .put("ledgers", bytes("b"), bytes("1"))
                .put("ledgers", bytes("c"), bytes("1")));

        store.write(new KvBatch().deleteRange("ledgers", bytes("a"), bytes("c")));

        assertThat(keys(store.scan("ledgers", bytes("a"), bytes("z")))).containsExactly("63");
    }

    @Test
    void writesNothingOfABatchThatNamesAnUnknownFamily() {
        KvBatch batch = new KvBatch().put("ledgers", bytes("a"), bytes("1")).put("nowhere", bytes("a"), bytes("1"));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> store.write(batch))
                .withMessageContaining("nowhere");

        assertThat(store.get("ledgers", bytes("a"))).isEmpty();
    }

    @Test
    void checkpointHoldsAllFamiliesAtOneMoment() {
        store.write(new KvBatch().put("ledgers", bytes("k"), bytes("old")).put("producers", bytes("k"), bytes("old")));
        store.checkpoint(directory.resolve("checkpoint"));
        store.write(new KvBatch().put("ledgers", bytes("k"), bytes("new")));

        try (KeyValueStore copy = KeyValueStore.open(directory.resolve("checkpoint"), FAMILIES, budget)) {
            assertThat(copy.get("ledgers", bytes("k"))).hasValue(bytes("old"));
            assertThat(copy.get("producers", bytes("k"))).hasValue(bytes("old"));
        }
    }

    @Test
    void refusesUseAfterCloseInsteadOfCrashing() {
        KvIterator scan = store.scan("ledgers", bytes("a"), bytes("z"));
        store.close();

        assertThatIllegalStateException().isThrownBy(() -> store.get("ledgers", bytes("a")));
        assertThatIllegalStateException().isThrownBy(scan::next);
        scan.close();
    }

    @Test
    void saysWhichDirectoryCannotBeOpened() {
        assertThatThrownBy(() -> KeyValueStore.open(directory.resolve("live"), FAMILIES, budget))
                .isInstanceOf(KvException.class)
                .hasMessageContaining("live");
    }

    @Test
    void agreesWithASortedMapOverRandomPrograms() {
        long seed = Long.getLong("polylog.seed", new Random().nextLong());
        Random random = new Random(seed);
        Map<String, TreeMap<String, byte[]>> model = new HashMap<>();
        FAMILIES.forEach(family -> model.put(family, new TreeMap<>()));

        KvBatch gathered = new KvBatch();
        for (int step = 0; step < 600; step++) {
            KvBatch batch = new KvBatch();
            for (int i = random.nextInt(5); i >= 0; i--) {
                String family = random.nextBoolean() ? "ledgers" : "producers";
                byte[] key = {(byte) (8 * random.nextInt(32)), (byte) random.nextInt(4)};
                byte[] other = {(byte) (8 * random.nextInt(32)), (byte) random.nextInt(4)};
                TreeMap<String, byte[]> entries = model.get(family);
                switch (random.nextInt(4)) {
                    case 0 -> {
                        batch.delete(family, key);
                        entries.remove(hex(key));
                    }
                    case 1 -> {
                        boolean ordered = Arrays.compareUnsigned(key, other) <= 0;
                        byte[] from = ordered ? key : other;
                        byte[] to = ordered ? other : key;
                        if (random.nextInt(10) == 0) {
                            batch.deleteRange(family, from, to);
                            entries.subMap(hex(from), hex(to)).clear();
                        }
                    }
                    default -> {
                        byte[] value = new byte[random.nextInt(50)];
                        random.nextBytes(value);
                        batch.put(family, key, value);
                        entries.put(hex(key), value);
                    }
                }
            }
            gathered.append(batch);
            if (random.nextInt(3) == 0) {
                store.write(gathered);
                gathered = new KvBatch();
            }
        }
        store.write(gathered);

        for (String family : FAMILIES) {
            assertThat(keys(store.scan(family, new byte[0], new byte[] {-1, -1, -1})))
                    .as("family %s, seed %d (replay with -Dpolylog.seed)", family, seed)
                    .containsExactlyElementsOf(model.get(family).keySet());
            model.get(family)
                    .forEach((key, value) -> assertThat(
                                    store.get(family, HexFormat.of().parseHex(key)))
                            .as("%s of %s, seed %d", key, family, seed)
                            .hasValue(value));
        }
    }

    @Test
    void batchKeepsTheLastChangeOfARow() {
        KvBatch batch = new KvBatch();
        for (int i = 0; i < 1000; i++) {
            batch.append(new KvBatch().put("ledgers", new byte[] {1}, new byte[] {(byte) i, 0}));
        }
        batch.delete("producers", new byte[] {1});
        assertThat(batch.sizeInBytes()).isEqualTo(3 + 1);
    }

    @Test
    void composesKeysInTheOrderOfTheirParts() {
        byte[] low = new KeyWriter().text("a").int32(1).int64(255).toBytes();
        byte[] high = new KeyWriter().text("a").int32(1).int64(256).toBytes();
        byte[] prefix = new KeyWriter().text("a").int32(1).toBytes();

        assertThat(Arrays.compareUnsigned(low, high)).isNegative();
        assertThat(Arrays.compareUnsigned(high, KeyWriter.endOfPrefix(prefix))).isNegative();
        assertThat(KeyWriter.endOfPrefix(new byte[] {1, -1})).containsExactly(2);
    }

    private static List<String> keys(KvIterator scan) {
        List<String> keys = new ArrayList<>();
        try (scan) {
            while (scan.next()) {
                keys.add(hex(scan.key()));
            }
        }
        return keys;
    }

    private static String hex(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte b : bytes) {
            text.append(String.format("%02x", b));
        }
        return text.toString();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
