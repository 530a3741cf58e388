package io.polylog.camel;

import io.polylog.camel.lint.RouteFile;
import io.polylog.camel.mqtt.MqttComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.camel.LoggingLevel;
import org.apache.camel.RouteConfigurationsBuilder;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.StartupSummaryLevel;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RedeliveryPolicyDefinition;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.errorhandler.DefaultErrorHandlerDefinition;
import org.apache.camel.spi.CamelLogger;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes Camel contexts, running ones and those that only check, in the same way; and turns files into definitions. */
final class RouteContext {

    /** How long a stop waits for messages in flight; what is not done by then is delivered again. */
    static final int STOP_TIMEOUT_SECONDS = 10;

    private static final Logger log = LoggerFactory.getLogger(RouteContext.class);

    private RouteContext() {}

    /** A context that is built and not started. */
    static DefaultCamelContext create(PolylogComponent polylog) {
        DefaultCamelContext camel = new DefaultCamelContext(false);
        camel.getCamelContextExtension().setName("polylog");
        camel.setStartupSummaryLevel(StartupSummaryLevel.Off);
        camel.setMessageHistory(false);
        camel.setAllowUseOriginalMessage(false);
        camel.getShutdownStrategy().setTimeout(STOP_TIMEOUT_SECONDS);
        camel.getShutdownStrategy().setTimeUnit(TimeUnit.SECONDS);
        camel.getExecutorServiceManager().setShutdownAwaitTermination(TimeUnit.SECONDS.toMillis(1));
        camel.getCamelContextExtension().setErrorHandlerFactory(quietErrorHandler());
        // A far side that is down then fails messages, which come again, instead of the route that would send them.
        camel.getGlobalEndpointConfiguration().setLazyStartProducer(true);
        camel.addComponent("polylog", polylog);
        camel.addComponent("paho-mqtt5", new MqttComponent());
        camel.build();
        return camel;
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

    /**
     * The routes of a file, each with its id, for that context. Beans of the file are put into its registry; what the
     * file configures for routes goes into those of this file only.
     *
     * @throws Exception what Camel says, which declares no narrower one
     */
    static List<RouteDefinition> definitions(DefaultCamelContext camel, RouteFile file) throws Exception {
        List<RouteDefinition> definitions = new ArrayList<>();
        try {
            for (RoutesBuilder builder : PluginHelper.getRoutesLoader(camel)
                    .findRoutesBuilders(ResourceHelper.fromString("file:" + file.name(), file.text()))) {
                if (builder instanceof RouteConfigurationsBuilder configurations) {
                    configurations.addRouteConfigurationsToCamelContext(camel);
                }
                definitions.addAll(
                        ((RouteBuilder) builder).configureRoutes(camel).getRoutes());
            }
        } finally {
            for (RouteConfigurationDefinition used : List.copyOf(camel.getRouteConfigurationDefinitions())) {
                camel.removeRouteConfiguration(used);
            }
        }
        List<String> ids = file.ids();
        if (ids.size() != definitions.size()) {
            throw new IllegalStateException(
                    file.name() + " holds " + ids.size() + " routes, and Camel reads " + definitions.size());
        }
        for (int i = 0; i < ids.size(); i++) {
            definitions.get(i).setId(ids.get(i));
        }
        return definitions;
    }
}
