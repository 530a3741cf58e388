package io.polylog.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.security.Acl.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AclIndexTest {

    private static final Subject ANNA = new Subject(Principal.user("anna"), "10.0.0.1");
    private static final Subject BEN = new Subject(Principal.user("ben"), "10.0.0.2");

    private final List<Acl> acls = new ArrayList<>();

    private AclIndex index() {
        return new AclIndex(new AclIndex.Rules(Set.of(Principal.user("root")), false), acls);
    }

    private void allow(Pattern pattern, String name, String principal, Operation operation) {
        acls.add(new Acl(ResourceType.TOPIC, pattern, name, principal, Acl.ANY, operation, true));
    }

    private void deny(Pattern pattern, String name, String principal, Operation operation) {
        acls.add(new Acl(ResourceType.TOPIC, pattern, name, principal, Acl.ANY, operation, false));
    }

    private boolean may(Subject subject, Operation operation, String topic) {
        return index().allows(subject, operation, Resource.topic(topic));
    }

    @Test
    void withoutAnEntryNobodyMayButSuperUsers() {
        assertThat(may(ANNA, Operation.READ, "orders")).isFalse();
        assertThat(may(new Subject(Principal.user("root"), "::1"), Operation.READ, "orders"))
                .isTrue();
    }

    @Test
    void whatNoEntryIsAboutMayBeFree() {
        deny(Pattern.LITERAL, "orders", "User:ben", Operation.READ);
        AclIndex index = new AclIndex(new AclIndex.Rules(Set.of(), true), acls);

        assertThat(index.allows(ANNA, Operation.READ, Resource.topic("other"))).isTrue();
        assertThat(index.allows(ANNA, Operation.READ, Resource.topic("orders"))).isFalse();
    }

    @Test
    void aLiteralNameIsThatNameAlone() {
        allow(Pattern.LITERAL, "orders", "User:anna", Operation.READ);

        assertThat(may(ANNA, Operation.READ, "orders")).isTrue();
        assertThat(may(ANNA, Operation.READ, "orders2")).isFalse();
        assertThat(may(ANNA, Operation.WRITE, "orders")).isFalse();
        assertThat(may(BEN, Operation.READ, "orders")).isFalse();
        assertThat(index().allows(ANNA, Operation.READ, Resource.group("orders")))
                .isFalse();
    }

    @Test
    void aPrefixIsEveryNameThatBeginsWithIt() {
        allow(Pattern.PREFIXED, "or", "User:anna", Operation.READ);
        allow(Pattern.PREFIXED, "orders.b", "User:ben", Operation.READ);

        assertThat(may(ANNA, Operation.READ, "orders.c")).isTrue();
        assertThat(may(ANNA, Operation.READ, "or")).isTrue();
        assertThat(may(ANNA, Operation.READ, "o")).isFalse();
        assertThat(may(BEN, Operation.READ, "orders.bb")).isTrue();
        assertThat(may(BEN, Operation.READ, "orders.c")).isFalse();
    }

    @Test
    void aProhibitionWinsWhereverItStands() {
        allow(Pattern.LITERAL, "orders", "User:anna", Operation.ALL);
        deny(Pattern.PREFIXED, "ord", "User:*", Operation.WRITE);

        assertThat(may(ANNA, Operation.WRITE, "orders")).isFalse();
        assertThat(may(ANNA, Operation.READ, "orders")).isTrue();
    }

    @Test
    void hostsAreComparedWhole() {
        acls.add(new Acl(ResourceType.TOPIC, Pattern.LITERAL, "*", "User:*", "10.0.0.1", Operation.READ, true));

        assertThat(may(ANNA, Operation.READ, "orders")).isTrue();
        assertThat(may(BEN, Operation.READ, "orders")).isFalse();
    }

    @Test
    void aRightToReadIsOneToDescribeButAProhibitionIsNot() {
        allow(Pattern.LITERAL, "orders", "User:anna", Operation.READ);
        allow(Pattern.LITERAL, "secret", "User:anna", Operation.DESCRIBE);
        deny(Pattern.LITERAL, "secret", "User:anna", Operation.READ);

        assertThat(may(ANNA, Operation.DESCRIBE, "orders")).isTrue();
        assertThat(may(ANNA, Operation.DESCRIBE, "secret")).isTrue();
        assertThat(may(ANNA, Operation.DESCRIBE_CONFIGS, "orders")).isFalse();
    }

    @Test
    void namesOfPrincipalsAndTopicsAreNoPatterns() {
        allow(Pattern.LITERAL, "orders", "User:an*", Operation.READ);
        allow(Pattern.LITERAL, "ord*", "User:anna", Operation.READ);
        allow(Pattern.PREFIXED, "*", "User:anna", Operation.READ);

        assertThat(may(ANNA, Operation.READ, "orders")).isFalse();
    }

    @Test
    void anyTopicIsOneThatNoProhibitionCovers() {
        assertThat(index().allowsAny(ANNA, Operation.WRITE, ResourceType.TOPIC)).isFalse();
        allow(Pattern.PREFIXED, "orders.", "User:anna", Operation.WRITE);
        assertThat(index().allowsAny(ANNA, Operation.WRITE, ResourceType.TOPIC)).isTrue();
        deny(Pattern.PREFIXED, "orders", "User:anna", Operation.WRITE);
        assertThat(index().allowsAny(ANNA, Operation.WRITE, ResourceType.TOPIC)).isFalse();
        allow(Pattern.LITERAL, "bills", "User:anna", Operation.WRITE);
        assertThat(index().allowsAny(ANNA, Operation.WRITE, ResourceType.TOPIC)).isTrue();
        deny(Pattern.LITERAL, "*", "User:anna", Operation.WRITE);
        assertThat(index().allowsAny(ANNA, Operation.WRITE, ResourceType.TOPIC)).isFalse();
    }

    /** Against the plainest way to decide: by looking at every entry. */
    @Test
    void decidesAsLookingAtEveryEntryWould() {
        Random random = new Random(61);
        String letters = "ab";
        for (int round = 0; round < 300; round++) {
            acls.clear();
            for (int i = 0; i < 8; i++) {
                acls.add(new Acl(
                        ResourceType.TOPIC,
                        random.nextBoolean() ? Pattern.LITERAL : Pattern.PREFIXED,
                        name(random, letters),
                        random.nextBoolean() ? "User:anna" : "User:*",
                        Acl.ANY,
                        random.nextBoolean() ? Operation.READ : Operation.ALL,
                        random.nextInt(4) > 0));
            }
            for (int i = 0; i < 20; i++) {
                String topic = name(random, letters);
                assertThat(may(ANNA, Operation.READ, topic))
                        .as("%s of %s", topic, acls)
                        .isEqualTo(plainly(topic));
            }
        }
    }

    private static String name(Random random, String letters) {
        StringBuilder name = new StringBuilder();
        for (int length = 1 + random.nextInt(5); length > 0; length--) {
            name.append(letters.charAt(random.nextInt(letters.length())));
        }
        return name.toString();
    }

    private boolean plainly(String topic) {
        List<Acl> about = acls.stream()
                .filter(acl ->
                        acl.pattern() == Pattern.LITERAL ? acl.name().equals(topic) : topic.startsWith(acl.name()))
                .toList();
        return about.stream().allMatch(Acl::allow) && !about.isEmpty();
    }
}
