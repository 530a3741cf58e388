package io.polylog.broker;

/** Why a request was refused without changing anything; adapters map each to their protocol's own code. */
public enum Refusal {
    UNKNOWN_TOPIC,
    UNKNOWN_PARTITION,
    TOPIC_EXISTS,
    INVALID_TOPIC_NAME,
    INVALID_PARTITION_COUNT,
    INVALID_CONFIG,
    /** The topic belongs to the gateway itself: clients may read it but neither write nor delete it. */
    INTERNAL_TOPIC,
    CORRUPT_BATCH,
    UNSUPPORTED_FORMAT,
    BATCH_TOO_LARGE,
    INVALID_RECORD,
    OUT_OF_ORDER_SEQUENCE,
    DUPLICATE_SEQUENCE,
    STALE_PRODUCER_EPOCH,
    OFFSET_OUT_OF_RANGE,
    /** What is asked does not fit the transaction as it stands. */
    INVALID_TRANSACTION_STATE,
    /** Another client has taken the transactional id over. */
    PRODUCER_FENCED,
    /** The transactional id is unknown, or belongs to another producer id. */
    UNKNOWN_TRANSACTION,
    /** The transaction before is being ended: try again soon. */
    TRANSACTION_ENDING,
    /** The partition is not part of the transaction; the client has to abort it. */
    NOT_IN_TRANSACTION,
    /** A later coordinator has spoken. */
    COORDINATOR_FENCED,
    INVALID_TRANSACTION_TIMEOUT,
    /** The record is not acquired by this consumer any more. */
    NOT_ACQUIRED,
    /** A share group cannot be changed that way while it has consumers. */
    GROUP_IN_USE,
    /** The name is that of a consumer group, so no share group can have it; or the other way round. */
    GROUP_OF_OTHER_KIND,
    /** The session has another client now, or has ended. */
    NOT_ATTACHED,
    /** What a record asks for about its time cannot be understood, or lies too far in the future. */
    INVALID_SCHEDULE,
    /** What was to be cancelled has entered its topic. */
    SCHEDULE_TOO_LATE,
    /** What was to be cancelled is not there. */
    SCHEDULE_NOT_FOUND,
    /** A limit is reached: try again later. */
    OVERLOADED,
    /** The disk has no room for more: nothing was changed, and the same request succeeds once there is. Reads go on. */
    DISK_FULL,
    /** The disk failed. A write's outcome is unknown; a read's range is lost, others are not. */
    STORAGE_FAILED,
    /** The gateway is stopping, or the port was closed. */
    CLOSED
}
