package io.polylog.group;

import io.polylog.engine.LedgerId;
import io.polylog.share.Ledgers;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What the coordinator knows of share groups beside their members.
 *
 * @param ledgerIds all ledgers that there are
 * @param configs how groups are set up, share groups and others
 */
public record ShareStates(Ledgers ledgers, Supplier<Stream<LedgerId>> ledgerIds, GroupConfigs configs) {

    public ShareStates {
        Objects.requireNonNull(ledgers, "ledgers");
        Objects.requireNonNull(ledgerIds, "ledgerIds");
        Objects.requireNonNull(configs, "configs");
    }
}
