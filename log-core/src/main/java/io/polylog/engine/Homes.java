package io.polylog.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Which data group is home to what: the same for ever, for the number of groups never changes and the hashes below are
 * part of the data format.
 *
 * @param dataGroups data groups, which count from 1; group 0 is home to nothing here
 */
public record Homes(int dataGroups) {

    public Homes {
        if (dataGroups < 1) {
            throw new IllegalArgumentException(dataGroups + " data groups");
        }
    }

    /** Home of a partition, and so of its ledgers and schedules. */
    public int of(UUID topicId, int partition) {
        return 1 + Math.floorMod(topicId.hashCode() + partition, dataGroups);
    }

    /** Home of what is named by a text, such as a client's session or an MQTT topic's retained message. */
    public int of(String name) {
        CRC32C crc = new CRC32C();
        crc.update(name.getBytes(UTF_8));
        return 1 + (int) (crc.getValue() % dataGroups);
    }
}
