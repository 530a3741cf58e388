/**
 * Reads route files and says what is wrong with them: which file, which line, what to write instead.
 *
 * <p>Read {@link io.polylog.camel.lint.RouteFile} first (the text, cut into routes), then {@link
 * io.polylog.camel.lint.StructureCheck} (the words that Camel's YAML knows) and {@link
 * io.polylog.camel.lint.ContentCheck} (the endpoints and expressions that they hold). Nothing here runs a route; any one
 * thread at a time.
 */
@NullMarked
package io.polylog.camel.lint;

import org.jspecify.annotations.NullMarked;
