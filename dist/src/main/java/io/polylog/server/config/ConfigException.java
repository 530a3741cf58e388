package io.polylog.server.config;

import java.util.List;

/** The configuration cannot be used; each fault is one sentence with its place and what to do. */
public final class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<String> faults;

    ConfigException(List<String> faults) {
        super(String.join("; ", faults));
        this.faults = List.copyOf(faults);
    }

    /** Every fault found, in the order of the file, then of the environment. */
    public List<String> faults() {
        return faults;
    }
}
