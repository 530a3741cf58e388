package io.polylog.kafka.guard;

import io.netty.channel.embedded.EmbeddedChannel;
import io.polylog.config.Settings;
import io.polylog.disk.Disk;
import io.polylog.kafka.KafkaAdapterFactory;
import io.polylog.kafka.call.Access;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.ProduceLane;
import io.polylog.kafka.call.TopicLookup;
import io.polylog.kafka.codec.Reply;
import io.polylog.kafka.codec.Request;
import io.polylog.kafka.sasl.Login;
import io.polylog.kafka.sasl.LoginRules;
import io.polylog.metric.Meters;
import io.polylog.security.Acl;
import io.polylog.security.Acls;
import io.polylog.security.Operation;
import io.polylog.security.ResourceType;
import io.polylog.testkit.TestGateway;
import io.polylog.time.EpochClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Requests of an anonymous client that pass the guards of a gateway whose access control list is enforced; empty before each test. */
final class GuardedCalls implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

    private Path directory;
    private TestGateway gateway;
    private Acls acls;
    private Access access;
    private Guards guards;
    private @Nullable ApiMessage worked;

    @Override
    public void beforeAll(ExtensionContext test) throws Exception {
        directory = Files.createTempDirectory("guards");
        gateway = TestGateway.start(directory, Map.of("security.acls", "true"), new KafkaAdapterFactory());
        acls = gateway.context().security().acls();
        TopicLookup lookup = new TopicLookup(gateway.context().topics());
        access = new Access(acls, lookup);
        guards = new Guards(acls, access, gateway.context().topics(), lookup);
    }

    @Override
    public void afterEach(ExtensionContext test) {
        acls.change(List.of(), new ArrayList<>(acls.all()))
                .toCompletableFuture()
                .join();
        worked = null;
    }

    @Override
    public void afterAll(ExtensionContext test) throws Exception {
        gateway.close();
        Disk.system().delete(directory);
    }

    TestGateway gateway() {
        return gateway;
    }

    Access access() {
        return access;
    }

    Guards guards() {
        return guards;
    }

    void allow(ResourceType type, String name, Operation operation) {
        acls.change(
                        List.of(new Acl(type, Acl.Pattern.LITERAL, name, "User:ANONYMOUS", Acl.ANY, operation, true)),
                        List.of())
                .toCompletableFuture()
                .join();
    }

    /** What the last request was when it came to be worked on; null if none has in this test. */
    @Nullable
    ApiMessage worked() {
        return worked;
    }

    Call call(ApiKeys key, short version, ApiMessage request) {
        EmbeddedChannel channel = new EmbeddedChannel();
        LoginRules rules = new LoginRules(
                Settings.of(Map.of()), gateway.context().security().credentials(), EpochClock.system(), Meters.none());
        AbstractRequest body =
                AbstractRequest.parseRequest(key, version, MessageUtil.toByteBufferAccessor(request, version)).request;
        return new Call(
                new Request(new RequestHeader(key, version, "client", 1), body, 0),
                channel,
                new Login(rules, channel, () -> {}),
                new ProduceLane(Runnable::run));
    }

    /** What the client is answered if {@code response} is the answer to what is left of its request. */
    <B extends ApiMessage> B ask(ApiKeys key, short version, ApiMessage request, B response) {
        Call call = call(key, version, request);
        Supplier<CompletionStage<Reply>> handler = () -> {
            worked = call.request().body().data();
            return CompletableFuture.completedFuture(Reply.of(response));
        };
        Reply reply = guards.around(call, handler).toCompletableFuture().join();
        @SuppressWarnings("unchecked")
        B answer = (B) ((Reply.Answer) reply).body();
        return answer;
    }
}
