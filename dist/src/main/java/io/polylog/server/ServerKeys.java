package io.polylog.server;

import io.polylog.camel.Routes;
import io.polylog.config.ConfigKey;
import io.polylog.node.LogKeys;
import io.polylog.node.SecurityKeys;
import io.polylog.server.config.KeyCatalog;
import io.polylog.server.log.LogLevel;
import io.polylog.spi.ProtocolAdapterFactory;
import java.util.ArrayList;
import java.util.List;

/** The settings of the process itself, and with them all that there are. */
final class ServerKeys {

    static final ConfigKey<String> ROUTES_DIR = ConfigKey.text(
            "routes-dir",
            "routes",
            "Directory of the route files, *.yaml; a relative path is taken from the directory that bin is in.");

    static final ConfigKey<Integer> ROUTES_LOOK_MS = ConfigKey.integer(
            "routes-look-ms",
            Routes.LOOK_INTERVAL_MS,
            10,
            3_600_000,
            "How often the route files are looked at for changes, in milliseconds; one is taken at the second look.");

    static final ConfigKey<LogLevel> LOG_LEVEL =
            ConfigKey.choice("log-level", LogLevel.class, LogLevel.INFO, "How much is logged to standard error.");

    static final ConfigKey<LogFailure.OnJournalFailure> ON_JOURNAL_FAILURE = ConfigKey.choice(
            "on-journal-failure",
            LogFailure.OnJournalFailure.class,
            LogFailure.OnJournalFailure.SERVE,
            "serve: when the journal cannot be written any more, refuse all writes and go on serving readers; halt:"
                    + " end the process with exit code 6.");

    private ServerKeys() {}

    static KeyCatalog catalog(List<ProtocolAdapterFactory> factories) {
        List<ConfigKey<?>> own = new ArrayList<>(LogKeys.all());
        own.add(ROUTES_DIR);
        own.add(ROUTES_LOOK_MS);
        own.add(LOG_LEVEL);
        own.add(ON_JOURNAL_FAILURE);
        own.addAll(SecurityKeys.all()); // a block, so after the keys that are in none
        return KeyCatalog.of(own, factories);
    }
}
