package io.polylog.record;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** The headers of a record in their order, repeats included. Immutable. */
public final class Headers implements Iterable<Header> {

    public static final Headers EMPTY = new Headers(List.of());

    private final List<Header> headers;

    private Headers(List<Header> headers) {
        this.headers = headers;
    }

    public static Headers of(Header... headers) {
        return headers.length == 0 ? EMPTY : new Headers(List.of(headers));
    }

    public static Headers of(List<Header> headers) {
        return headers.isEmpty() ? EMPTY : new Headers(List.copyOf(headers));
    }

    public int size() {
        return headers.size();
    }

    public boolean isEmpty() {
        return headers.isEmpty();
    }

    public List<Header> asList() {
        return headers;
    }

    /** The last header of that name: the one that counts when a name that should be single repeats. */
    public Optional<Header> last(String key) {
        for (int i = headers.size() - 1; i >= 0; i--) {
            if (headers.get(i).key().equals(key)) {
                return Optional.of(headers.get(i));
            }
        }
        return Optional.empty();
    }

    /** The last header of that name as UTF-8 text. */
    public Optional<String> lastText(String key) {
        return last(key).map(Header::text);
    }

    @Override
    public Iterator<Header> iterator() {
        return headers.iterator();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Collects headers; not thread-safe. */
    public static final class Builder {
        private final List<Header> headers = new ArrayList<>();

        private Builder() {}

        public Builder add(Header header) {
            headers.add(header);
            return this;
        }

        public Builder text(String key, String value) {
            return add(Header.text(key, value));
        }

        public Headers build() {
            return Headers.of(headers);
        }
    }
}
