package io.polylog.server.differential;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Asks both brokers the same, step after step, and keeps where their answers differ. One thread.
 *
 * <p>A step goes to both before either is waited for. What a step asks may differ by side in what only that side can
 * know: the ids that it gave away.
 */
final class Play {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    final Side kafka;
    final Side polylog;
    private final List<Difference> differences = new ArrayList<>();
    private final Map<ApiKeys, Set<Integer>> asked = new LinkedHashMap<>();
    private int steps;

    Play(Side kafka, Side polylog) {
        this.kafka = kafka;
        this.polylog = polylog;
    }

    List<Difference> differences() {
        return differences;
    }

    /** Which versions of which APIs were asked. */
    Map<ApiKeys, Set<Integer>> asked() {
        return asked;
    }

    int steps() {
        return steps;
    }

    Iterable<Side> sides() {
        return List.of(kafka, polylog);
    }

    /** Runs a step in every version that is in use. */
    void everyVersion(ApiKeys key, java.util.function.IntConsumer step) {
        for (int version = key.oldestVersion(); version <= key.latestVersion(false); version++) {
            step.accept(version);
        }
    }

    Answers ask(String step, ApiKeys key, int version, ApiMessage request) {
        return ask(step, key, version, side -> request);
    }

    /**
     * @param step what is asked and why, without the version
     */
    Answers ask(String step, ApiKeys key, int version, Function<Side, ? extends ApiMessage> request) {
        return compared(step, key, version, exchange(key, version, request));
    }

    /** Asks, and compares what {@code reduce} leaves of the answers. */
    void askFor(String step, ApiKeys key, int version, ApiMessage request, Consumer<ApiMessage> reduce) {
        Answers answers = exchange(key, version, side -> request);
        answers.bySide().values().forEach(reduce);
        compared(step, key, version, answers);
    }

    /**
     * Asks each of them until it answers as wished, and compares the last answers.
     *
     * @param request by how often that broker was asked before
     */
    void askUntil(
            String step,
            ApiKeys key,
            int version,
            IntFunction<? extends ApiMessage> request,
            Predicate<ApiMessage> done) {
        compared(step, key, version, await(key, version, (side, before) -> request.apply(before), done));
    }

    private Answers compared(String step, ApiKeys key, int version, Answers answers) {
        steps++;
        asked.computeIfAbsent(key, none -> new java.util.TreeSet<>()).add(version);
        JsonNode expected = tree(answers, kafka, version);
        JsonNode found = tree(answers, polylog, version);
        for (String[] place : Json.differences(expected, found)) {
            differences.add(new Difference(key, version, step, place[0], place[1], place[2]));
        }
        return answers;
    }

    /** Prepares: asks until both answer as wished, and compares nothing. */
    Answers prepare(
            ApiKeys key, int version, Function<Side, ? extends ApiMessage> request, Predicate<ApiMessage> done) {
        return await(key, version, (side, before) -> request.apply(side), done);
    }

    private Answers await(
            ApiKeys key,
            int version,
            BiFunction<Side, Integer, ? extends ApiMessage> request,
            Predicate<ApiMessage> done) {
        Map<Side, ApiMessage> last = new HashMap<>();
        for (Side side : sides()) {
            AtomicInteger before = new AtomicInteger();
            try {
                Awaitility.await(key + " on " + side.name)
                        .atMost(PATIENCE)
                        .pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(50))
                        .until(() -> {
                            side.send(key, version, request.apply(side, before.getAndIncrement()));
                            ApiMessage answer = side.receive(key, version);
                            last.put(side, answer);
                            return done.test(answer);
                        });
            } catch (ConditionTimeoutException late) {
                throw new AssertionError(late.getMessage() + " Last answer: " + last.get(side), late);
            }
        }
        return new Answers(last);
    }

    private Answers exchange(ApiKeys key, int version, Function<Side, ? extends ApiMessage> request) {
        Map<Side, ApiMessage> answers = new HashMap<>();
        List<Side> waiting = new ArrayList<>();
        for (Side side : sides()) {
            try {
                side.send(key, version, request.apply(side));
                waiting.add(side);
            } catch (IOException refused) {
                side.hangUp();
            }
        }
        for (Side side : waiting) {
            try {
                answers.put(side, side.receive(key, version));
            } catch (IOException none) {
                side.hangUp();
            }
        }
        return new Answers(answers);
    }

    private static JsonNode tree(Answers answers, Side side, int version) {
        ApiMessage answer = answers.bySide().get(side);
        return answer == null ? TextNode.valueOf("(connection closed)") : Json.of(answer, version);
    }

    /** APIs in that set that were asked in fewer versions than there are. */
    Set<ApiKeys> notAskedWhole(Set<ApiKeys> offered) {
        Set<ApiKeys> missing = EnumSet.noneOf(ApiKeys.class);
        for (ApiKeys key : offered) {
            Set<Integer> versions = asked.getOrDefault(key, Set.of());
            everyVersion(key, version -> {
                if (!versions.contains(version)) {
                    missing.add(key);
                }
            });
        }
        return missing;
    }
}
