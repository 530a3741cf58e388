package io.polylog.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Topic;
import io.polylog.fake.FakeTopics;
import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import java.io.File;
import java.net.InetAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.junit.jupiter.api.Test;

class LazyStartTest {

    @Test
    void loadsNothingOfKafkasCoordinatorBeforeTheFirstRequest() throws Exception {
        try (RecordingLoader loader = new RecordingLoader()) {
            Runnable untouched = (Runnable) loader.loadClass(Untouched.class.getName())
                    .getDeclaredConstructor()
                    .newInstance();
            untouched.run();
            assertThat(loader.loaded).contains(EmbeddedGroupCoordinator.class.getName());
            assertThat(loader.coordinatorClasses()).isEmpty();
            Runnable used = (Runnable) loader.loadClass(Used.class.getName())
                    .getDeclaredConstructor()
                    .newInstance();
            used.run();
            assertThat(loader.coordinatorClasses()).isNotEmpty();
        }
    }

    /** A gateway without stream groups. */
    public static final class Untouched implements Runnable {
        @Override
        public void run() {
            try (GroupCoordinator coordinator = coordinator(new FakeTopics(), new ApplyingLog())) {
                coordinator.partitionFor("group");
            }
        }
    }

    /** The same with one request, to show that the loader would have noticed. */
    public static final class Used implements Runnable {
        @Override
        public void run() {
            FakeTopics topics = new FakeTopics();
            Topic offsets = topics.add(GroupCoordinator.TOPIC, 1);
            try (ApplyingLog log = new ApplyingLog()) {
                log.create(offsets);
                try (GroupCoordinator coordinator = coordinator(topics, log)) {
                    coordinator
                            .listGroups(
                                    new Caller("", InetAddress.getLoopbackAddress(), (short) 0),
                                    new ListGroupsRequestData())
                            .toCompletableFuture()
                            .orTimeout(20, TimeUnit.SECONDS)
                            .join();
                }
            }
        }
    }

    private static GroupCoordinator coordinator(FakeTopics topics, ApplyingLog log) {
        return new EmbeddedGroupCoordinator(
                1,
                GroupSettings.DEFAULT,
                new OffsetsLog(
                        () -> CompletableFuture.completedStage(
                                topics.find(GroupCoordinator.TOPIC).orElseThrow()),
                        log,
                        log,
                        (id, producer, partition, implicitly) -> CompletableFuture.completedStage(null)),
                NoShares.on(topics, log),
                topics,
                EpochClock.system(),
                NanoClock.system());
    }

    /** Loads the whole class path itself and notes every class. */
    private static final class RecordingLoader extends URLClassLoader {
        private final Set<String> loaded = ConcurrentHashMap.newKeySet();

        RecordingLoader() throws Exception {
            super(classPath(), ClassLoader.getPlatformClassLoader());
        }

        private static URL[] classPath() throws Exception {
            List<URL> urls = new ArrayList<>();
            for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
                urls.add(Path.of(entry).toUri().toURL());
            }
            return urls.toArray(new URL[0]);
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            Class<?> found = super.findClass(name);
            loaded.add(name);
            return found;
        }

        List<String> coordinatorClasses() {
            List<String> packages = Arrays.asList(
                    "org.apache.kafka.coordinator.", "org.apache.kafka.image.", "org.apache.kafka.storage.");
            return loaded.stream()
                    .filter(name -> packages.stream().anyMatch(name::startsWith))
                    .toList();
        }
    }
}
