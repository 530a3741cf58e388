package io.polylog.security;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletionStage;

/** What is known of passwords. Any thread; never blocks. */
public interface Credentials {

    /**
     * A change of one user's credential.
     *
     * @param credential empty to remove it
     */
    record Change(String user, ScramMechanism mechanism, Optional<ScramCredential> credential) {}

    /** A user's credential, also that of the configured administrator. */
    Optional<ScramCredential> find(String user, ScramMechanism mechanism);

    /** Durable credentials by user; the configured administrator is not among them. */
    SortedMap<String, List<ScramCredential>> all();

    /** Makes changes in one step; the stage completes when they are durable and logins go by them. */
    CompletionStage<Void> change(Collection<Change> changes);
}
