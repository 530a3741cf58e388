package io.polylog.kafka.handler;

import io.polylog.kafka.call.Endpoint;
import io.polylog.spi.LogLevels;
import io.polylog.spi.LogLevels.Level;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Levels of the gateway's loggers as settings of a broker (KIP-412): in force at once, and forgotten with the process. */
final class LoggerConfigs {

    private static final Logger log = LoggerFactory.getLogger(LoggerConfigs.class);

    /** Kafka's levels; FATAL logs as ERROR does. */
    private static final Map<String, Level> LEVELS = new HashMap<>();

    static {
        for (Level level : Level.values()) {
            LEVELS.put(level.name(), level);
        }
        LEVELS.put("FATAL", Level.ERROR);
    }

    private final LogLevels levels;
    private final Endpoint endpoint;

    LoggerConfigs(LogLevels levels, Endpoint endpoint) {
        this.levels = Objects.requireNonNull(levels, "levels");
        this.endpoint = Objects.requireNonNull(endpoint, "endpoint");
    }

    List<DescribeConfigsResourceResult> described(String node) {
        if (node.isEmpty()) {
            throw Errors.INVALID_REQUEST.exception("Broker id must not be empty");
        }
        endpoint.checkNode(node);
        return levels.all().entrySet().stream()
                .map(logger -> new DescribeConfigsResourceResult()
                        .setName(logger.getKey())
                        .setValue(logger.getValue().name())
                        .setConfigSource(ConfigSource.DYNAMIC_BROKER_LOGGER_CONFIG.id()))
                .toList();
    }

    /** Changes all levels that are asked for, or none of them. */
    void change(AlterConfigsResource asked, boolean dryRun) {
        endpoint.checkNode(asked.resourceName());
        Map<String, Level> present = levels.all();
        Map<String, Optional<Level>> wanted = new HashMap<>();
        for (AlterableConfig entry : asked.configs()) {
            if (wanted.put(entry.name(), level(entry, present.keySet())) != null) {
                throw Errors.INVALID_REQUEST.exception("Error due to duplicate config keys");
            }
        }
        if (!dryRun) {
            wanted.forEach((logger, level) -> {
                log.atInfo() // before it may be silenced by it
                        .addKeyValue("logger", logger)
                        .addKeyValue("level", level.map(Level::name).orElse("as above"))
                        .log("log level changed");
                levels.set(logger, level);
            });
        }
    }

    private static Optional<Level> level(AlterableConfig entry, Collection<String> loggers) {
        OpType operation = OpType.forId(entry.configOperation());
        if (operation != OpType.SET && operation != OpType.DELETE) {
            throw Errors.INVALID_REQUEST.exception((operation == null ? "Unknown" : operation)
                    + " operation is not allowed for the BROKER_LOGGER resource");
        }
        if (operation == OpType.SET && entry.value() == null) {
            throw Errors.INVALID_REQUEST.exception("Null value not supported for : " + entry.name());
        }
        if (!loggers.contains(entry.name())) {
            throw Errors.INVALID_CONFIG.exception("Logger " + entry.name() + " does not exist!");
        }
        if (operation == OpType.SET) {
            return Optional.of(known(entry.name(), entry.value()));
        }
        if (entry.name().equals(LogLevels.ROOT)) {
            throw Errors.INVALID_REQUEST.exception("Removing the log level of the root logger is not allowed");
        }
        return Optional.empty();
    }

    private static Level known(String logger, @Nullable String name) {
        Level level = LEVELS.get(name);
        if (level == null) {
            throw Errors.INVALID_CONFIG.exception(
                    "Cannot set the log level of " + logger + " to " + name
                            + " as it is not a supported log level. Valid log levels are DEBUG, ERROR, FATAL, INFO, TRACE, WARN");
        }
        return level;
    }
}
