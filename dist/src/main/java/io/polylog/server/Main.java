package io.polylog.server;

import io.polylog.camel.RouteLint;
import io.polylog.camel.lint.Fault;
import io.polylog.disk.Disk;
import io.polylog.engine.Verification;
import io.polylog.node.DataCheck;
import io.polylog.node.DataDirectoryException;
import io.polylog.server.cli.Actions;
import io.polylog.server.cli.PolylogCommand;
import io.polylog.server.client.ClientCommand;
import io.polylog.server.client.ClientException;
import io.polylog.server.client.Format;
import io.polylog.server.client.KafkaDoor;
import io.polylog.server.client.Output;
import io.polylog.server.config.ConfigException;
import io.polylog.server.config.ConfigLoader;
import io.polylog.server.config.ConfigTemplate;
import io.polylog.server.config.EffectiveConfig;
import io.polylog.server.config.KeyCatalog;
import io.polylog.server.endpoint.Endpoint;
import io.polylog.server.log.LogLevel;
import io.polylog.spi.ProtocolAdapterFactory;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The entry of the gateway's process: does what the command line says and turns what goes wrong into a sentence and an
 * exit code. Main thread only; the JVM's shutdown thread closes the node.
 */
public final class Main implements Actions {

    private static final Logger log = LoggerFactory.getLogger(Main.class);

    private final Map<String, String> environment;
    private final Path home;
    private final OutputStream output;
    private final PrintStream out;
    private final PrintStream err;

    /**
     * @param output throws once nobody reads any more
     */
    private Main(Map<String, String> environment, Path home, OutputStream output, PrintStream err) {
        this.environment = environment;
        this.home = home;
        this.output = output;
        this.out = new PrintStream(output, true, StandardCharsets.UTF_8);
        this.err = err;
    }

    public static void main(String[] arguments) {
        OutputStream output = new FileOutputStream(FileDescriptor.out);
        Main main = new Main(System.getenv(), Path.of(System.getProperty("polylog.home", "")), output, System.err);
        // The everyday command does not wait for the command-line parser to be loaded.
        boolean everyday = arguments.length == 1 && arguments[0].equals("start");
        System.exit(everyday ? main.start(Optional.empty()) : PolylogCommand.execute(main, arguments));
    }

    /** Does what a command line says in this process, which goes on; answers the exit code. Any thread. */
    public static int run(OutputStream output, PrintStream err, String... arguments) {
        return PolylogCommand.execute(new Main(Map.of(), Path.of(""), output, err), arguments);
    }

    @Override
    public int start(Optional<Path> configFile) {
        try {
            List<ProtocolAdapterFactory> factories = Protocols.discover();
            EffectiveConfig config = load(ServerKeys.catalog(factories), configFile);
            config.settings().get(ServerKeys.LOG_LEVEL).apply();
            Node node = Node.start(config.settings(), factories);
            Runtime.getRuntime().addShutdownHook(new Thread(node::close, "polylog-stop"));
            out.println(ReadyMessage.of(Version.current(), node.listeners()));
            markClassArchive();
            node.startRoutes(
                    home.resolve(config.settings().get(ServerKeys.ROUTES_DIR)),
                    config.settings().get(ServerKeys.ROUTES_LOOK_MS));
            return awaitSignal();
        } catch (ConfigException faulty) {
            return refuse(faulty);
        } catch (StartFailedException failed) {
            return refuse(failed);
        }
    }

    /** Tells the launcher that the classes of this run are worth keeping, if it asked by naming a file for that. */
    private static void markClassArchive() {
        String mark = System.getProperty("polylog.class-archive-mark", "");
        if (!mark.isEmpty()) {
            try {
                Files.writeString(Path.of(mark), "");
            } catch (IOException unwritable) {
                log.atDebug().addKeyValue("file", mark).log("class archive cannot be marked: later starts stay slower");
            }
        }
    }

    /** The main thread has nothing left to do; a signal ends the process from here on. */
    private static int awaitSignal() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return ExitCode.OK.code();
    }

    @Override
    public int config(Optional<Path> configFile, boolean template) {
        try {
            KeyCatalog catalog = ServerKeys.catalog(Protocols.discover());
            out.print(
                    template
                            ? ConfigTemplate.render(catalog)
                            : load(catalog, configFile).describe());
            return ExitCode.OK.code();
        } catch (ConfigException faulty) {
            return refuse(faulty);
        } catch (StartFailedException failed) {
            return refuse(failed);
        }
    }

    @Override
    public int verify(Optional<Path> configFile) {
        try {
            EffectiveConfig config = load(ServerKeys.catalog(Protocols.discover()), configFile);
            Verification.Report report =
                    DataCheck.run(config.settings(), Disk.system(), damage -> out.println("damaged: " + damage));
            out.println("verified " + report.checkpoints() + " checkpoints, " + report.partitions() + " partitions in "
                    + report.segments() + " segments, and " + report.entries() + " entries of the journal beyond them: "
                    + report.bytes() + " bytes, "
                    + (report.damaged() == 0 ? "no damage" : report.damaged() + " damaged places"));
            return report.damaged() == 0 ? ExitCode.OK.code() : ExitCode.DATA_DIRECTORY.code();
        } catch (ConfigException faulty) {
            return refuse(faulty);
        } catch (DataDirectoryException | StartFailedException | IOException unusable) {
            err.println("polylog: " + unusable.getMessage());
            return ExitCode.DATA_DIRECTORY.code();
        }
    }

    @Override
    public int lintRoutes(Optional<Path> configFile, List<Path> files) {
        try {
            List<Path> checked = files.isEmpty() ? configuredRoutes(configFile) : files;
            LogLevel.ERROR.apply(); // of Camel, only the faults are worth reading
            List<Fault> faults = RouteLint.check(checked);
            faults.forEach(out::println);
            out.println(checked.size()
                    + (checked.size() == 1 ? " file, " : " files, ")
                    + (faults.isEmpty() ? "nothing wrong" : faults.size() + " wrong"));
            return faults.isEmpty() ? ExitCode.OK.code() : ExitCode.FAILED.code();
        } catch (ConfigException faulty) {
            return refuse(faulty);
        } catch (StartFailedException failed) {
            return refuse(failed);
        } catch (IOException unreadable) {
            err.println("polylog: the route files cannot be listed: " + unreadable);
            return ExitCode.FAILED.code();
        }
    }

    private List<Path> configuredRoutes(Optional<Path> configFile) throws StartFailedException, IOException {
        EffectiveConfig config = load(ServerKeys.catalog(Protocols.discover()), configFile);
        Path directory = home.resolve(config.settings().get(ServerKeys.ROUTES_DIR));
        return Files.isDirectory(directory) ? RouteLint.files(directory) : List.of();
    }

    @Override
    public int listRoutes(Optional<Path> configFile, Optional<URI> gateway) {
        return remote(configFile, gateway, RemoteCommands::listRoutes);
    }

    @Override
    public int listSchedules(Optional<Path> configFile, Optional<URI> gateway, Optional<String> topic, int limit) {
        if (limit < 1) {
            err.println("polylog: --limit is " + limit + "; it is a number from 1");
            return ExitCode.USAGE.code();
        }
        return remote(configFile, gateway, commands -> commands.listSchedules(topic, limit));
    }

    @Override
    public int cancelSchedule(Optional<Path> configFile, Optional<URI> gateway, String topic, String id) {
        return remote(configFile, gateway, commands -> commands.cancelSchedule(topic, id));
    }

    /** Asks the HTTP door that is named, or else the configured one. */
    private int remote(Optional<Path> configFile, Optional<URI> gateway, ToIntFunction<RemoteCommands> command) {
        try {
            URI door = gateway.isPresent() ? gateway.get() : URI.create("http://" + configuredDoor("http", configFile));
            return command.applyAsInt(new RemoteCommands(door, out, err));
        } catch (ConfigException faulty) {
            return refuse(faulty);
        } catch (StartFailedException failed) {
            return refuse(failed);
        }
    }

    @Override
    public int ask(Optional<Path> configFile, Optional<Endpoint> bootstrap, Format format, ClientCommand command) {
        LogLevel.silence("org.apache.kafka"); // what matters of it is said in sentences
        Output answers = new Output(output, format);
        try (KafkaDoor gateway =
                KafkaDoor.open(bootstrap.isPresent() ? bootstrap.get() : configuredDoor("kafka", configFile))) {
            command.run(gateway, answers);
            return ExitCode.OK.code();
        } catch (ConfigException faulty) {
            return refuse(faulty);
        } catch (StartFailedException failed) {
            return refuse(failed);
        } catch (ClientException refused) {
            err.println("polylog: " + refused.getMessage());
            return ExitCode.FAILED.code();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return ExitCode.FAILED.code();
        } finally {
            answers.flush();
        }
    }

    private Endpoint configuredDoor(String protocol, Optional<Path> configFile) throws StartFailedException {
        List<ProtocolAdapterFactory> factories = Protocols.discover();
        return ConfiguredDoor.of(
                protocol,
                factories,
                load(ServerKeys.catalog(factories), configFile).settings());
    }

    @Override
    public int demo() {
        err.println("polylog: demo takes no options, and only bin/polylog can run it");
        return ExitCode.USAGE.code();
    }

    @Override
    public int version() {
        out.println("polylog " + Version.current() + " (Java " + Runtime.version() + ", "
                + System.getProperty("java.vendor") + ")");
        return ExitCode.OK.code();
    }

    private EffectiveConfig load(KeyCatalog catalog, Optional<Path> named) {
        return ConfigLoader.load(catalog, named.or(this::configFile), environment);
    }

    private Optional<Path> configFile() {
        String named = environment.getOrDefault("POLYLOG_CONFIG", "");
        if (!named.isEmpty()) {
            return Optional.of(Path.of(named));
        }
        return Optional.of(home.resolve("conf").resolve("polylog.yaml")).filter(Files::exists);
    }

    private int refuse(ConfigException faulty) {
        faulty.faults().forEach(fault -> err.println("polylog: " + fault));
        return ExitCode.CONFIGURATION.code();
    }

    private int refuse(StartFailedException failed) {
        err.println("polylog: " + failed.getMessage());
        return failed.exitCode().code();
    }
}
