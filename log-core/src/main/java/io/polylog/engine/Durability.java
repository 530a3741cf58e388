package io.polylog.engine;

/** What an acknowledgement promises. */
public enum Durability {
    /** The write survives a crash of the machine: it was forced to the disk. */
    FSYNC,
    /** The write survives a crash of the process; forcing is left to the operating system, as Kafka does by default. */
    OS
}
