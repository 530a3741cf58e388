/**
 * The ordered command log and its apply step: everything durable is a command here before it is state anywhere else.
 *
 * <p>Read {@link io.polylog.engine.ReplicaGroup}, {@link io.polylog.engine.Command} and
 * {@link io.polylog.engine.GroupStateMachine} first. Proposals come from any thread; one journal thread makes them
 * durable, and one apply thread per replica group changes state.
 */
@NullMarked
package io.polylog.engine;

import org.jspecify.annotations.NullMarked;
