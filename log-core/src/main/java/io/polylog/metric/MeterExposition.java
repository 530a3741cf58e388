package io.polylog.metric;

/** Meters that can be read as a whole: what a door that serves metrics asks for. Any thread but an event loop. */
public interface MeterExposition extends Meters {

    /** The media type of {@link #scrape}. */
    String contentType();

    /** Every meter with its present value, as text. Gauges are read on the calling thread. */
    String scrape();
}
