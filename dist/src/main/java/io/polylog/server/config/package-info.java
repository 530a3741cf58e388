/**
 * From a YAML file and the environment to checked {@link io.polylog.config.Settings}, or to every fault at once.
 *
 * <p>Read {@link io.polylog.server.config.ConfigLoader} and {@link io.polylog.server.config.KeyCatalog} first. Used
 * once, on the main thread; what it returns is immutable.
 */
@NullMarked
package io.polylog.server.config;

import org.jspecify.annotations.NullMarked;
