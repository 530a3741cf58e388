package io.polylog.disk;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The device is full, or the owner's quota is used up. What the call was to do is partly done, and the same call can
 * succeed once there is room. Never thrown by a force: one that failed has lost bytes, whatever the reason.
 */
public final class NoSpaceException extends IOException {

    public NoSpaceException(Path path, IOException cause) {
        super("no space left for " + path, cause);
    }
}
