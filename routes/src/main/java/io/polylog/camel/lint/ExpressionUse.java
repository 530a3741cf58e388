package io.polylog.camel.lint;

/**
 * An expression where a file has it.
 *
 * @param language its name, such as {@code simple}
 * @param isPredicate whether it must answer yes or no
 * @param line from 1
 */
record ExpressionUse(String language, String text, boolean isPredicate, int line) {}
