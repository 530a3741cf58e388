/**
 * {@code polylog demo}: the gateway's main job, played with stock clients.
 *
 * <p>Read {@link io.polylog.server.demo.Demo} first. This is a client process of its own, with {@code lib/demo} on its
 * class path; nothing in the gateway refers to it. One main thread, the clients' own threads, and a watchdog.
 */
@NullMarked
package io.polylog.server.demo;

import org.jspecify.annotations.NullMarked;
