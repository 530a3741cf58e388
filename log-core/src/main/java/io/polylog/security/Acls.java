package io.polylog.security;

import java.util.Collection;
import java.util.concurrent.CompletionStage;

/** The access control list: decisions and changes. Any thread; never blocks. */
public interface Acls {

    /** Whether the list is looked at; without, everybody may do everything. */
    boolean enforced();

    boolean allows(Subject subject, Operation operation, Resource resource);

    /** Whether there is any resource of the type with which {@code subject} may do that. */
    boolean allowsAny(Subject subject, Operation operation, ResourceType type);

    /** All entries, as they are now. */
    Collection<Acl> all();

    /**
     * Adds and removes entries in one step. The stage completes when that is durable and decisions go by it, or with {@link
     * io.polylog.broker.RefusedException}. Adding what is there and removing what is not changes nothing.
     */
    CompletionStage<Void> change(Collection<Acl> added, Collection<Acl> removed);
}
