package io.polylog.kafka.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.kafka.call.Endpoint;
import io.polylog.kafka.handler.Apis;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class GuardsTest {

    @RegisterExtension
    static final GuardedCalls calls = new GuardedCalls();

    /** What nobody has thought of takes all rights there are; that is for APIs to come, not for those that are here. */
    @Test
    void everyApiThatIsOfferedHasItsGuard() {
        Apis apis = new Apis(calls.gateway().context(), new Endpoint(new UUID(1, 2), 0, "", 0, 0), 2, 1, 1);
        Set<ApiKeys> offered = EnumSet.noneOf(ApiKeys.class);
        for (ApiKeys key : ApiKeys.values()) {
            if (apis.answers(key, key.latestVersion(false))) {
                offered.add(key);
            }
        }

        assertThat(offered).hasSizeGreaterThan(60).isSubsetOf(calls.guards().guarded());
    }
}
