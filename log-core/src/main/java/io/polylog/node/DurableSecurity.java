package io.polylog.node;

import io.polylog.config.Settings;
import io.polylog.engine.LocalEngine;
import io.polylog.security.Security;

/** Puts together who may do what, from the metadata group and the configuration. */
final class DurableSecurity {

    private DurableSecurity() {}

    /**
     * Before anything is proposed.
     *
     * @throws DataDirectoryException if the administrator's password cannot be had
     */
    static Security open(LocalEngine engine, Settings settings) {
        SecurityRows rows = new SecurityRows(engine.metadata(), engine.securityAtOpen());
        return new Security(
                new DurableAcls(rows, settings.get(SecurityKeys.ACLS), SecurityKeys.rules(settings)),
                new DurableCredentials(rows, Administrator.credentials(settings)),
                new DurableQuotas(rows));
    }
}
