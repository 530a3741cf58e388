package io.polylog.node;

import io.polylog.config.Settings;
import io.polylog.disk.Disk;
import io.polylog.engine.Verification;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Looks for damage in the data directory of a gateway that is stopped. */
public final class DataCheck {

    private DataCheck() {}

    /**
     * Reads everything that a start would believe.
     *
     * @param settings of the gateway
     * @param damage told of each fault: file, position, and what is wrong
     * @throws DataDirectoryException if the directory cannot be used, or is in use, with a sentence for the user
     * @throws IOException if something cannot be read at all
     */
    public static Verification.Report run(Settings settings, Disk disk, Consumer<String> damage) throws IOException {
        Path path = Path.of(settings.get(LogKeys.DATA_DIR));
        try (DataDirectory directory = DataDirectory.openExisting(path, disk)) {
            return new Verification(disk, path, directory.dataGroups(), damage)
                    .verify(settings.get(LogKeys.DURABILITY));
        }
    }
}
