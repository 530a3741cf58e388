package io.polylog.server.routes;

import java.util.ArrayList;
import java.util.List;

/** Values for placeholders of route files, as system properties; gone when closed. */
public final class Placeholders implements AutoCloseable {

    private final List<String> names = new ArrayList<>();

    /** Sets one from now on. */
    public Placeholders set(String name, String value) {
        System.setProperty(name, value);
        names.add(name);
        return this;
    }

    @Override
    public void close() {
        names.forEach(System::clearProperty);
    }
}
