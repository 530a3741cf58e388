package io.polylog.server.mapping;

import io.polylog.server.mapping.MappingCase.Append;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * One protocol, with a stock client that sends to a topic and receives everything that comes there. One thread.
 *
 * @param <D> a message to send
 * @param <I> a received message
 */
abstract class Door<D, I> implements AutoCloseable {

    static final long PATIENCE_MS = 20_000;

    private final String name;
    private final String meterName;
    private final Function<MappingCase, Lens<D, I>> lens;

    /**
     * @param meterName what the counters call the protocol in {@code to}
     */
    Door(String name, String meterName, Function<MappingCase, Lens<D, I>> lens) {
        this.name = name;
        this.meterName = meterName;
        this.lens = lens;
    }

    final String meterName() {
        return meterName;
    }

    final Lens<D, I> lens(MappingCase of) {
        return lens.apply(of);
    }

    /** Sends a message with the case's field, if this protocol can say it, and returns what the record then has. */
    final String send(MappingCase of, Append append) throws Exception {
        D draft = draft("a value");
        String sample = of.sample().at(append);
        lens(of).write(draft, sample);
        publish(draft);
        return lens(of).isWritable() ? sample : of.unset().at(append);
    }

    /** Sends a message with that field and that value. */
    final void send(MappingCase of, String field, String value) throws Exception {
        D draft = draft(value);
        lens(of).write(draft, field);
        publish(draft);
    }

    /** Several fields of the next message. */
    final List<String> receive(List<MappingCase> cases) throws Exception {
        I message = next();
        List<String> fields = new ArrayList<>();
        for (MappingCase of : cases) {
            fields.add(lens(of).read(message));
        }
        return fields;
    }

    /** The case's field of the next message. */
    final String receive(MappingCase of) throws Exception {
        return lens(of).read(next());
    }

    /** A message with a value and nothing else. */
    abstract D draft(String value);

    /** Sends, and waits until the gateway has confirmed it. */
    abstract void publish(D draft) throws Exception;

    /** Waits for the next message. */
    abstract I next() throws Exception;

    @Override
    public abstract void close() throws Exception;

    @Override
    public final String toString() {
        return name;
    }
}
