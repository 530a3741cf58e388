package io.polylog.server.cli;

import io.polylog.server.client.ClientCommand;
import io.polylog.server.client.Format;
import io.polylog.server.endpoint.Endpoint;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What the commands do; each returns the exit code of the process. */
public interface Actions {

    /** Runs the gateway until it is stopped. */
    int start(Optional<Path> configFile);

    /** Prints the configuration in effect with the origin of each value, or the commented template. */
    int config(Optional<Path> configFile, boolean template);

    /** Looks for damage in the data of a gateway that is stopped, and says what there is. */
    int verify(Optional<Path> configFile);

    /** Says what is wrong with route files, by default those of the configured directory. */
    int lintRoutes(Optional<Path> configFile, List<Path> files);

    /** Prints how the routes of a running gateway are. */
    int listRoutes(Optional<Path> configFile, Optional<URI> gateway);

    /** Prints what waits for its time in a running gateway. */
    int listSchedules(Optional<Path> configFile, Optional<URI> gateway, Optional<String> topic, int limit);

    /** Takes back what waits for a topic under an id. */
    int cancelSchedule(Optional<Path> configFile, Optional<URI> gateway, String topic, String id);

    /** Asks the Kafka door of a running gateway, the configured one if none is named. */
    int ask(Optional<Path> configFile, Optional<Endpoint> bootstrap, Format format, ClientCommand command);

    /** Says how to get it: the demonstration is a client process, which the launcher starts itself. */
    int demo();

    int version();
}
