package io.polylog.camel;

import io.polylog.spi.AdapterContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.camel.LoggingLevel;
import org.apache.camel.Route;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.StartupSummaryLevel;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RedeliveryPolicyDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.errorhandler.DefaultErrorHandlerDefinition;
import org.apache.camel.spi.CamelLogger;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Camel context with the routes of all files. Started and closed by one thread; a file either runs whole or leaves
 * nothing behind.
 */
final class RouteEngine implements AutoCloseable {

    /** Largest route file, in bytes. */
    static final int MAX_FILE_BYTES = 1 << 20;

    /** How long a stop waits for messages in flight; what is not done by then is delivered again after the next start. */
    private static final int STOP_TIMEOUT_SECONDS = 10;

    private static final Logger log = LoggerFactory.getLogger(RouteEngine.class);

    private final DefaultCamelContext camel;

    private RouteEngine(DefaultCamelContext camel) {
        this.camel = camel;
    }

    static RouteEngine start(List<Path> files, AdapterContext context) {
        DefaultCamelContext camel = new DefaultCamelContext(false);
        camel.getCamelContextExtension().setName("polylog");
        camel.setStartupSummaryLevel(StartupSummaryLevel.Off);
        camel.setMessageHistory(false);
        camel.setAllowUseOriginalMessage(false);
        camel.getShutdownStrategy().setTimeout(STOP_TIMEOUT_SECONDS);
        camel.getShutdownStrategy().setTimeUnit(TimeUnit.SECONDS);
        camel.getExecutorServiceManager().setShutdownAwaitTermination(TimeUnit.SECONDS.toMillis(1));
        camel.getCamelContextExtension().setErrorHandlerFactory(quietErrorHandler());
        camel.addComponent("polylog", new PolylogComponent(context));
        camel.build();
        camel.start();
        RouteEngine engine = new RouteEngine(camel);
        files.forEach(engine::load);
        log.atInfo().addKeyValue("routes", camel.getRoutesSize()).log("routes started");
        return engine;
    }

    /**
     * The inputs say in one line what failed; Camel's stack trace for each message besides would bury it. The policy
     * silences handlers that redeliver, the logger those that do not.
     */
    private static DefaultErrorHandlerDefinition quietErrorHandler() {
        RedeliveryPolicyDefinition policy = new RedeliveryPolicyDefinition();
        policy.setLogExhausted("false");
        DefaultErrorHandlerDefinition handler = new DefaultErrorHandlerDefinition();
        handler.setRedeliveryPolicy(policy);
        handler.setLoggerBean(new CamelLogger(log, LoggingLevel.OFF));
        return handler;
    }

    private void load(Path file) {
        Set<String> before = routeIds();
        try {
            PluginHelper.getRoutesLoader(camel)
                    .loadRoutes(ResourceHelper.fromString(
                            "file:" + file.getFileName(), new String(read(file), StandardCharsets.UTF_8)));
        } catch (Exception unusable) { // Camel declares no narrower one
            log.atError()
                    .addKeyValue("file", file)
                    .addKeyValue("cause", reason(unusable))
                    .log("route file cannot be used: none of its routes runs");
            remove(before);
        }
    }

    private static byte[] read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(MAX_FILE_BYTES + 1);
            if (content.length > MAX_FILE_BYTES) {
                throw new IOException("the file is larger than " + MAX_FILE_BYTES + " bytes");
            }
            return content;
        }
    }

    private Set<String> routeIds() {
        Set<String> ids = new HashSet<>();
        camel.getRouteDefinitions().forEach(definition -> ids.add(definition.getId()));
        camel.getRoutes().stream().map(Route::getId).forEach(ids::add);
        return ids;
    }

    /** Removes every route that was not there before, those that started already included. */
    private void remove(Set<String> before) {
        for (String id : routeIds()) {
            if (before.contains(id)) {
                continue;
            }
            try {
                if (camel.getRoute(id) != null) {
                    camel.getRouteController().stopRoute(id, STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS);
                    camel.removeRoute(id);
                }
                RouteDefinition definition = camel.getRouteDefinition(id);
                if (definition != null) {
                    camel.removeRouteDefinition(definition);
                }
            } catch (Exception stuck) { // Camel declares no narrower one
                log.atError().addKeyValue("route", id).setCause(stuck).log("route could not be removed");
            }
        }
    }

    /** What a user can act on: Camel wraps the cause in messages that quote the whole route. */
    private static String reason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null
                && (root instanceof RuntimeCamelException
                        || root.getMessage() == null
                        || root.getCause().getMessage() != null)) {
            root = root.getCause();
        }
        String message = root.getMessage() == null ? root.toString() : root.getMessage();
        return message.strip().replaceAll("\\s+", " ");
    }

    @Override
    public void close() {
        camel.stop();
    }
}
