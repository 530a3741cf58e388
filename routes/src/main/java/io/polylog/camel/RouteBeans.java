package io.polylog.camel;

import io.polylog.camel.lint.RouteFile;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.spi.Registry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The beans that route files define, as files change. Camel makes them; owned by the thread that owns the routes. */
final class RouteBeans {

    private static final Logger log = LoggerFactory.getLogger(RouteBeans.class);

    private final Registry registry;

    RouteBeans(Registry registry) {
        this.registry = registry;
    }

    /**
     * What of the beans of {@code before} stays as it is, by name: all if {@code after} defines the same, since its unchanged
     * routes hold them. Otherwise they are dropped, so that new ones can take their place.
     *
     * @param before null if the file is new
     */
    Map<String, Object> keep(@Nullable RouteFile before, RouteFile after) {
        Map<String, Object> kept = new HashMap<>();
        if (before == null) {
            return kept;
        }
        if (before.beansContent().equals(after.beansContent())) {
            after.beans().keySet().forEach(name -> {
                Object bean = registry.lookupByName(name);
                if (bean != null) {
                    kept.put(name, bean);
                }
            });
        } else {
            drop(before);
        }
        return kept;
    }

    /** Takes away the beans of a file, and closes those that can be closed; Camel calls their {@code destroyMethod}. */
    void drop(RouteFile file) {
        file.beans().keySet().forEach(this::drop);
    }

    private void drop(String name) {
        Object bean = registry.lookupByName(name);
        registry.unbind(name);
        if (bean instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception stuck) { // whatever the bean says
                log.atWarn().addKeyValue("bean", name).setCause(stuck).log("bean could not be closed");
            }
        }
    }
}
