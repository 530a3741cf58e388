package io.polylog.server.config;

/**
 * One value that somebody wrote.
 *
 * @param name the key's dotted name, or what was taken for one
 * @param text the value as written
 * @param origin where it stands: {@code file:line}, or the name of an environment variable
 */
record ConfigEntry(String name, String text, String origin) {}
