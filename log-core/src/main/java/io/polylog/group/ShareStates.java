package io.polylog.group;

import io.polylog.share.Ledgers;
import java.util.Objects;

/**
 * What the coordinator knows of share groups beside their members.
 *
 * @param configs how groups are set up, share groups and others
 */
public record ShareStates(Ledgers ledgers, GroupConfigs configs) {

    public ShareStates {
        Objects.requireNonNull(ledgers, "ledgers");
        Objects.requireNonNull(configs, "configs");
    }
}
