package io.polylog.net;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;

/** A port that cannot be listened on. */
public final class PortException extends IOException {

    private static final long serialVersionUID = 1L;

    private final InetSocketAddress address;

    PortException(InetSocketAddress address, Exception cause) {
        super(cause.getMessage(), cause);
        this.address = address;
    }

    /** The address as it was asked for. */
    public InetSocketAddress address() {
        return address;
    }

    /** Whether somebody else listens there. */
    public boolean inUse() {
        return getCause() instanceof BindException
                && String.valueOf(getMessage()).contains("in use");
    }
}
