package io.polylog.server.differential;

import static org.apache.kafka.common.acl.AclOperation.ALTER;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.ResourceType.CLUSTER;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;

import java.util.List;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.CreateAclsRequestData.AclCreation;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DeleteAclsRequestData.DeleteAclsFilter;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeAclsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.Nullable;

/** Access control lists, as a super user sees to them: made, looked for, taken away. */
final class AclScenario implements Scenario {

    private static final byte ANY = 1;
    private static final byte UNKNOWN = 0;

    @Override
    public void run(Play play) {
        play.everyVersion(ApiKeys.CREATE_ACLS, version -> creates(play, version));
        play.prepare(
                ApiKeys.DESCRIBE_ACLS,
                1,
                side -> filter(TOPIC, "read-3", PatternType.LITERAL),
                answer -> !((DescribeAclsResponseData) answer).resources().isEmpty());
        play.everyVersion(ApiKeys.DESCRIBE_ACLS, version -> describes(play, version));
        play.everyVersion(ApiKeys.DELETE_ACLS, version -> deletes(play, version));
    }

    private static void creates(Play play, int version) {
        create(play, "of a topic", version, entry(TOPIC, "read-" + version, READ));
        create(play, "of a topic once more", version, entry(TOPIC, "read-" + version, READ));
        create(play, "of any topic", version, entry(TOPIC, "*", WRITE));
        create(play, "of a group", version, entry(GROUP, "g-" + version, READ));
        create(play, "of the cluster", version, entry(CLUSTER, "kafka-cluster", ALTER));
        create(play, "of another cluster", version, entry(CLUSTER, "another", ALTER));
        create(play, "of no name", version, entry(TOPIC, "", READ));
        create(
                play,
                "of a principal that is none",
                version,
                entry(TOPIC, "t", READ).setPrincipal("anna"));
        create(play, "from no host", version, entry(TOPIC, "t", READ).setHost(""));
        create(play, "of any operation", version, entry(TOPIC, "t", AclOperation.ANY));
        create(play, "that may or may not", version, entry(TOPIC, "t", READ).setPermissionType(ANY));
        create(play, "of an unknown operation", version, entry(TOPIC, "t", READ).setOperation((byte) 99));
        create(play, "of an unknown resource", version, entry(TOPIC, "t", READ).setResourceType(UNKNOWN));
        create(
                play,
                "of a prefix",
                version,
                entry(TOPIC, "pre-", READ).setResourcePatternType(PatternType.PREFIXED.code()));
        create(play, "of a match", version, entry(TOPIC, "m", READ).setResourcePatternType(PatternType.MATCH.code()));
        create(
                play,
                "one that is good and one that is not",
                version,
                entry(TOPIC, "read-3", READ),
                entry(TOPIC, "bad", READ).setPrincipal(""));
        play.ask("of nothing", ApiKeys.CREATE_ACLS, version, new CreateAclsRequestData());
    }

    private static AclCreation entry(ResourceType type, String name, AclOperation operation) {
        return new AclCreation()
                .setResourceType(type.code())
                .setResourceName(name)
                .setResourcePatternType(PatternType.LITERAL.code())
                .setPrincipal("User:anna")
                .setHost("*")
                .setOperation(operation.code())
                .setPermissionType(AclPermissionType.ALLOW.code());
    }

    private static void create(Play play, String step, int version, AclCreation... entries) {
        play.ask(step, ApiKeys.CREATE_ACLS, version, new CreateAclsRequestData().setCreations(List.of(entries)));
    }

    private static DescribeAclsRequestData filter(ResourceType type, @Nullable String name, PatternType pattern) {
        return new DescribeAclsRequestData()
                .setResourceTypeFilter(type.code())
                .setResourceNameFilter(name)
                .setPatternTypeFilter(pattern.code())
                .setPrincipalFilter(null)
                .setHostFilter(null)
                .setOperation(ANY)
                .setPermissionType(ANY);
    }

    private static void describes(Play play, int version) {
        ApiKeys key = ApiKeys.DESCRIBE_ACLS;
        play.ask("of a topic", key, version, filter(TOPIC, "read-3", PatternType.LITERAL));
        play.ask("of groups", key, version, filter(GROUP, null, PatternType.LITERAL));
        play.ask("that match a topic", key, version, filter(TOPIC, "pre-fix", PatternType.MATCH));
        play.ask("of a topic in any pattern", key, version, filter(TOPIC, "pre-", PatternType.ANY));
        play.ask("of nothing there is", key, version, filter(TOPIC, "nowhere", PatternType.LITERAL));
        play.ask(
                "of a principal",
                key,
                version,
                filter(ResourceType.ANY, null, PatternType.LITERAL).setPrincipalFilter("User:anna"));
        play.ask(
                "of another principal",
                key,
                version,
                filter(ResourceType.ANY, null, PatternType.LITERAL).setPrincipalFilter("User:ben"));
        play.ask(
                "of an operation",
                key,
                version,
                filter(ResourceType.ANY, null, PatternType.LITERAL).setOperation(WRITE.code()));
        play.ask(
                "of an unknown kind",
                key,
                version,
                filter(TOPIC, null, PatternType.LITERAL).setOperation(UNKNOWN));
    }

    private static void deletes(Play play, int version) {
        delete(play, "of a topic", version, deletion(TOPIC, "read-" + version));
        delete(play, "of a topic once more", version, deletion(TOPIC, "read-" + version));
        delete(play, "of two", version, deletion(GROUP, "g-" + version), deletion(TOPIC, "read-" + version));
        delete(play, "of an unknown kind", version, deletion(TOPIC, "t").setOperation(UNKNOWN));
        delete(play, "that match", version, deletion(TOPIC, "pre-x").setPatternTypeFilter(PatternType.MATCH.code()));
        play.ask("of nothing", ApiKeys.DELETE_ACLS, version, new DeleteAclsRequestData());
    }

    private static DeleteAclsFilter deletion(ResourceType type, String name) {
        return new DeleteAclsFilter()
                .setResourceTypeFilter(type.code())
                .setResourceNameFilter(name)
                .setPatternTypeFilter(PatternType.LITERAL.code())
                .setPrincipalFilter(null)
                .setHostFilter(null)
                .setOperation(ANY)
                .setPermissionType(ANY);
    }

    private static void delete(Play play, String step, int version, DeleteAclsFilter... filters) {
        play.ask(step, ApiKeys.DELETE_ACLS, version, new DeleteAclsRequestData().setFilters(List.of(filters)));
    }
}
