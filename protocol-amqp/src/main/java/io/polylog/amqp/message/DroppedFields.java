package io.polylog.amqp.message;

/** Hears of fields that could not cross to the log, so that they are counted rather than lost in silence. */
@FunctionalInterface
public interface DroppedFields {
    /**
     * @param field a kind of field from a small fixed set, such as {@code delivery-annotations}; never a client's text
     */
    void dropped(String field);
}
