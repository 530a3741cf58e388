/**
 * Camel routes in YAML that read and write the log directly.
 *
 * <p>Read {@link io.polylog.camel.Routes} first (what starts everything, and touches no Camel class unless there is a
 * route file), then {@code PolylogConsumer} with its {@code Intake}, and {@code PolylogProducer}. Camel's own threads
 * run the routes; the log's threads only hand results over.
 */
@NullMarked
package io.polylog.camel;

import org.jspecify.annotations.NullMarked;
