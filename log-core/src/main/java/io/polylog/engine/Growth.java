package io.polylog.engine;

/** How much more room a command will take on the disk: what decides when a nearly full disk refuses it. */
public enum Growth {
    /** As much as its sender likes: refused as soon as the reserve is touched. */
    MUCH,
    /** A few bytes that let consumers go on, such as a settlement: goes through until a quarter of the reserve is left. */
    LITTLE,
    /** Frees room, or finishes what was accepted before: never refused in advance. */
    NONE
}
