package io.polylog.group;

import io.polylog.share.Ledgers;
import io.polylog.share.ShareGroupSettings;
import java.util.Objects;
import java.util.function.Function;

/**
 * What the coordinator knows of share groups beside their members.
 *
 * @param settings of a group, by its id
 */
public record ShareStates(Ledgers ledgers, Function<String, ShareGroupSettings> settings) {

    public ShareStates {
        Objects.requireNonNull(ledgers, "ledgers");
        Objects.requireNonNull(settings, "settings");
    }
}
