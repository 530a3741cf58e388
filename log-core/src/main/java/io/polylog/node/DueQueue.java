package io.polylog.node;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** What is to be done, by when, with one entry for each key. As large as there are keys. Not thread-safe. */
final class DueQueue<K, V> {

    /** Entries of one time keep the order in which they came. */
    private record Place(long atMs, long order) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int byTime = Long.compare(atMs, other.atMs);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    /** One thing to do. */
    record Entry<K, V>(K key, V value) {}

    private final TreeMap<Place, Entry<K, V>> entries = new TreeMap<>();
    private final Map<K, Place> places = new HashMap<>();
    private long nextOrder;

    boolean isEmpty() {
        return entries.isEmpty();
    }

    int size() {
        return entries.size();
    }

    /** When the first is due, milliseconds since the Unix epoch; there must be one. */
    long nextAtMs() {
        return entries.firstKey().atMs();
    }

    /** Takes the first; there must be one. */
    Entry<K, V> remove() {
        Entry<K, V> first = entries.pollFirstEntry().getValue();
        places.remove(first.key());
        return first;
    }

    /** Replaces what there is for the key. */
    void put(K key, long atMs, V value) {
        remove(key);
        Place place = new Place(atMs, nextOrder++);
        places.put(key, place);
        entries.put(place, new Entry<>(key, value));
    }

    void putIfAbsent(K key, long atMs, V value) {
        if (!places.containsKey(key)) {
            put(key, atMs, value);
        }
    }

    void remove(K key) {
        Place place = places.remove(key);
        if (place != null) {
            entries.remove(place);
        }
    }

    void clear() {
        entries.clear();
        places.clear();
    }
}
