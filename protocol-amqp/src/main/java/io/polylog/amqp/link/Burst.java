package io.polylog.amqp.link;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The links of a connection that have gathered work for the end of the burst. Owned by the connection's event loop. */
final class Burst {
    private final Set<LinkHandler> links = new LinkedHashSet<>();

    void add(LinkHandler link) {
        links.add(link);
    }

    void end() {
        if (!links.isEmpty()) {
            List<LinkHandler> ending = new ArrayList<>(links);
            links.clear();
            ending.forEach(LinkHandler::endOfBurst);
        }
    }
}
