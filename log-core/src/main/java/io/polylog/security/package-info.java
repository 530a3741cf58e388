/**
 * Who may do what, for every door: principals, credentials, access control lists and quotas. Read {@link
 * io.polylog.security.Security} and {@link io.polylog.security.AclIndex} first.
 *
 * <p>Values without I/O. Each has a row, the text under which the metadata group keeps it.
 */
@NullMarked
package io.polylog.security;

import org.jspecify.annotations.NullMarked;
