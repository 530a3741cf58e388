package io.polylog.server.mapping;

import java.util.Optional;

/**
 * How one field looks to one protocol's client.
 *
 * @param <D> a message that the client is about to send
 * @param <I> a message that the client has received
 */
sealed interface Lens<D, I> {

    /** Sets the field in a message to send. */
    @FunctionalInterface
    interface Writer<D> {
        void write(D draft, String value) throws Exception;
    }

    /** The field of a received message as text; null if the message has none. */
    @FunctionalInterface
    interface Reader<I> {
        String read(I message) throws Exception;
    }

    /** Sets the field, if the client can. */
    default void write(D draft, String value) throws Exception {}

    /** What a client of this protocol must get for a record's field. */
    default String expected(String ofRecord) {
        return null;
    }

    /** What a client of this protocol got. */
    default String read(I message) throws Exception {
        return null;
    }

    /** Whether clients can set the field. */
    default boolean isWritable() {
        return false;
    }

    /** The name under which the field is counted when a client of this protocol does not get it. */
    default Optional<String> dropped() {
        return Optional.empty();
    }

    /** The tags of the counter that tells of a client of this protocol that tries to set the field in vain. */
    default Optional<String> refused() {
        return Optional.empty();
    }

    /** A field that the protocol has. */
    record Carried<D, I>(Writer<D> writer, Reader<I> reader) implements Lens<D, I> {

        @Override
        public void write(D draft, String value) throws Exception {
            writer.write(draft, value);
        }

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public String expected(String ofRecord) {
            return ofRecord;
        }

        @Override
        public String read(I message) throws Exception {
            return reader.read(message);
        }
    }

    /** A field that only the gateway sets. */
    record Delivered<D, I>(Reader<I> reader) implements Lens<D, I> {

        @Override
        public String expected(String ofRecord) {
            return ofRecord;
        }

        @Override
        public String read(I message) throws Exception {
            return reader.read(message);
        }
    }

    /** A field that clients set and are not told. */
    record Sent<D, I>(Writer<D> writer) implements Lens<D, I> {

        @Override
        public void write(D draft, String value) throws Exception {
            writer.write(draft, value);
        }

        @Override
        public boolean isWritable() {
            return true;
        }
    }

    /**
     * A field that clients are neither told nor may set; that they tried is counted.
     *
     * @param counter the tags of its counter
     */
    record Refused<D, I>(Writer<D> writer, String counter) implements Lens<D, I> {

        @Override
        public void write(D draft, String value) throws Exception {
            writer.write(draft, value);
        }

        @Override
        public Optional<String> refused() {
            return Optional.of(counter);
        }
    }

    /** A field that the protocol cannot express, which is counted. */
    record Dropped<D, I>(String field) implements Lens<D, I> {

        @Override
        public Optional<String> dropped() {
            return Optional.of(field);
        }
    }

    /** A field that clients get without another that goes with it, which is counted. */
    record DeliveredInPart<D, I>(Reader<I> reader, String field) implements Lens<D, I> {

        @Override
        public String expected(String ofRecord) {
            return ofRecord;
        }

        @Override
        public String read(I message) throws Exception {
            return reader.read(message);
        }

        @Override
        public Optional<String> dropped() {
            return Optional.of(field);
        }
    }

    /** A field that clients are not told by default, cannot ask for, and that is not counted for them. */
    record Untold<D, I>() implements Lens<D, I> {}
}
