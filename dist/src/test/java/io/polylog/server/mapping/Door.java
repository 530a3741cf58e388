package io.polylog.server.mapping;

import io.polylog.server.mapping.MappingCase.Append;
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
