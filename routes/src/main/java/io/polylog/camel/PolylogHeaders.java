package io.polylog.camel;

/**
 * Names of message headers with a meaning to {@code polylog:} endpoints. None of them is ever written to a record as a
 * header, nor is any other whose name begins with {@code Camel}.
 */
final class PolylogHeaders {

    /** The record's key, text if it is UTF-8: set by an input, used by an output. */
    static final String KEY = "CamelPolylogKey";

    /** Partition an output writes to, rather than the key's; never set by an input. */
    static final String TARGET_PARTITION = "CamelPolylogTargetPartition";

    /** Topic that an input read the record from. */
    static final String TOPIC = "CamelPolylogTopic";

    /** Partition that an input read the record from. */
    static final String PARTITION = "CamelPolylogPartition";

    /** Offset at which an input read the record. */
    static final String OFFSET = "CamelPolylogOffset";

    /** The record's create time, milliseconds since the Unix epoch. */
    static final String TIMESTAMP = "CamelPolylogTimestamp";

    /** How often the route failed on this record before: 0 at first. */
    static final String FAILURES = "CamelPolylogFailures";

    /**
     * How long an output keeps the record back: milliseconds, or a time such as {@code 15m} or {@code PT15M}. Taken from the
     * message by the first output that sees it.
     */
    static final String DELAY = "CamelPolylogDelay";

    /** When an output's record appears: milliseconds since the Unix epoch or RFC 3339; wins over a delay. Taken likewise. */
    static final String DELIVER_AT = "CamelPolylogDeliverAt";

    /** By what name a record that is kept back can be cancelled; an input sets it on a record that was kept back. */
    static final String SCHEDULE_ID = "CamelPolylogScheduleId";

    /** When a record that was kept back was due, milliseconds since the Unix epoch, as text; set by an input only. */
    static final String SCHEDULED_AT = "CamelPolylogScheduledAt";

    /**
     * Id of what an output takes back instead of writing a record, in any partition of its topic; body and delay of the
     * message play no part. Taken from the message by the first output that sees it, which answers by {@link
     * #SCHEDULE_CANCELLED}.
     */
    static final String SCHEDULE_CANCEL = "CamelPolylogScheduleCancel";

    /**
     * What came of it: {@code cancelled} also if it was before, within a day; {@code too-late} if it has entered its topic;
     * {@code not-found}. All three count as success: none of them would be another on a second attempt.
     */
    static final String SCHEDULE_CANCELLED = "CamelPolylogScheduleCancelled";

    private PolylogHeaders() {}
}
