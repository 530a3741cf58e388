package io.polylog.spi;

import io.polylog.broker.Registration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * What parts of the gateway say about themselves to whoever asks, as tables: the parts add them, a door shows them, and
 * neither knows the other. Any thread.
 */
public final class Reports {

    private final ConcurrentHashMap<String, Supplier<List<Map<String, String>>>> tables = new ConcurrentHashMap<>();

    /**
     * Adds a table until the registration is closed.
     *
     * @param name lower case, such as {@code routes}
     * @param rows asked on any thread, also several at once; answers within milliseconds, with no payload and no secret.
     *     The keys of a row are its columns, in the order in which to show them.
     * @throws IllegalStateException if there is a table of that name
     */
    public Registration add(String name, Supplier<List<Map<String, String>>> rows) {
        if (tables.putIfAbsent(name, rows) != null) {
            throw new IllegalStateException("there is a report " + name + " already");
        }
        return () -> tables.remove(name, rows);
    }

    /** The names of the tables there are. */
    public SortedSet<String> names() {
        return new TreeSet<>(tables.keySet());
    }

    /** The rows of a table now, if there is one of that name. */
    public Optional<List<Map<String, String>>> rows(String name) {
        return Optional.ofNullable(tables.get(name)).map(Supplier::get);
    }
}
