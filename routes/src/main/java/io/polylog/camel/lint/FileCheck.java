package io.polylog.camel.lint;

import java.util.List;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;

/** The checks of one file after another; holds the schema, once it has been read. One thread at a time. */
public final class FileCheck {

    private @Nullable Schema schema;
    private @Nullable StructureCheck structure;

    /** Looks at the words of a file. */
    public void structure(RouteFile file, List<Fault> faults) {
        if (schema == null) {
            schema = Schema.load();
        }
        faults.addAll(file.duplicates());
        structure = StructureCheck.run(schema, file, faults);
    }

    /**
     * Looks at the endpoints and expressions of the file whose structure was found good last.
     *
     * @param camel not started, with the beans of the file
     */
    public void content(CamelContext camel, RouteFile file, List<Fault> faults) {
        if (structure == null) {
            throw new IllegalStateException("the structure of " + file.name() + " has not been checked");
        }
        ContentCheck content = new ContentCheck(camel, file.name(), faults);
        structure.endpoints().forEach(content::endpoint);
        structure.expressions().forEach(content::expression);
    }
}
