/**
 * Typed configuration: keys that know their unit, range and default, and the values read for them.
 *
 * <p>Read {@link io.polylog.config.ConfigKey} and {@link io.polylog.config.Settings} first. Immutable; any thread.
 */
@NullMarked
package io.polylog.config;

import org.jspecify.annotations.NullMarked;
