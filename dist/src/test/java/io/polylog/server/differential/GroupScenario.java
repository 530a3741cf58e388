package io.polylog.server.differential;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.Utils;

/** Classic groups from their first member to their end. */
final class GroupScenario implements Scenario {

    private static final byte[] SUBSCRIPTION =
            Utils.toArray(ConsumerProtocol.serializeSubscription(new Subscription(List.of("data"))));

    @Override
    public void run(Play play) {
        awaitCoordinators(play);
        stable(play, "listed");
        play.everyVersion(ApiKeys.LIST_GROUPS, version -> lists(play, version));
        play.everyVersion(ApiKeys.FIND_COORDINATOR, version -> finds(play, version));
        play.everyVersion(ApiKeys.JOIN_GROUP, version -> joins(play, version));
        play.everyVersion(ApiKeys.SYNC_GROUP, version -> syncs(play, version));
        play.everyVersion(ApiKeys.HEARTBEAT, version -> beats(play, version));
        play.everyVersion(ApiKeys.DESCRIBE_GROUPS, version -> describes(play, version));
        play.everyVersion(ApiKeys.LEAVE_GROUP, version -> leaves(play, version));
        play.everyVersion(ApiKeys.DELETE_GROUPS, version -> deletes(play, version));
    }

    /** Kafka makes the topic of its coordinator when it is first asked for it, and answers when that is loaded. */
    static void awaitCoordinators(Play play) {
        awaitCoordinator(play, (byte) 0, "any");
        play.prepare(
                ApiKeys.LIST_GROUPS,
                5,
                side -> new ListGroupsRequestData(),
                answer -> ((ListGroupsResponseData) answer).errorCode() == Errors.NONE.code());
    }

    /**
     * @param type of coordinator, as in FindCoordinator
     */
    static void awaitCoordinator(Play play, byte type, String key) {
        FindCoordinatorRequestData find =
                new FindCoordinatorRequestData().setKeyType(type).setCoordinatorKeys(List.of(key));
        play.prepare(
                ApiKeys.FIND_COORDINATOR,
                4,
                side -> find,
                answer -> ((FindCoordinatorResponseData) answer)
                                .coordinators()
                                .get(0)
                                .errorCode()
                        == Errors.NONE.code());
    }

    private static void finds(Play play, int version) {
        find(play, "of a group", version, "some-group", 0);
        find(play, "of a group without a name", version, "", 0);
        if (version >= 1) {
            find(play, "of an unknown type", version, "some-group", 9);
        }
    }

    private static void find(Play play, String step, int version, String name, int type) {
        FindCoordinatorRequestData request = new FindCoordinatorRequestData().setKeyType((byte) type);
        play.ask(
                step,
                ApiKeys.FIND_COORDINATOR,
                version,
                version < 4 ? request.setKey(name) : request.setCoordinatorKeys(List.of(name)));
    }

    private static void joins(Play play, int version) {
        String group = "joined-" + version;
        Answers first = play.ask("a new group", ApiKeys.JOIN_GROUP, version, join(group, "", version));
        if (version >= 4) {
            play.ask(
                    "with the id it was given",
                    ApiKeys.JOIN_GROUP,
                    version,
                    side -> join(
                            group, first.of(side, JoinGroupResponseData.class).memberId(), version));
        }
        play.ask("as nobody", ApiKeys.JOIN_GROUP, version, join(group, "nobody", version));
        play.ask("without a group", ApiKeys.JOIN_GROUP, version, join("", "", version));
        play.ask(
                "with a short session",
                ApiKeys.JOIN_GROUP,
                version,
                join(group, "", version).setSessionTimeoutMs(1));
        play.ask(
                "with a long session",
                ApiKeys.JOIN_GROUP,
                version,
                join(group, "", version).setSessionTimeoutMs(Integer.MAX_VALUE));
        play.ask(
                "with another protocol type",
                ApiKeys.JOIN_GROUP,
                version,
                join(group, "", version).setProtocolType("connect"));
        play.ask(
                "without protocols",
                ApiKeys.JOIN_GROUP,
                version,
                join("bare", "", version).setProtocols(new JoinGroupRequestData.JoinGroupRequestProtocolCollection()));
        if (version >= 5) {
            play.ask(
                    "as a static member",
                    ApiKeys.JOIN_GROUP,
                    version,
                    join("static-" + version, "", version).setGroupInstanceId("instance"));
        }
    }

    private static JoinGroupRequestData join(String group, String member, int version) {
        JoinGroupRequestData request = new JoinGroupRequestData()
                .setGroupId(group)
                .setMemberId(member)
                .setSessionTimeoutMs(30_000)
                .setProtocolType("consumer");
        if (version >= 1) {
            request.setRebalanceTimeoutMs(30_000);
        }
        request.protocols().add(new JoinGroupRequestProtocol().setName("range").setMetadata(SUBSCRIPTION));
        return request;
    }

    /** A group of one static member in generation 1, whose id each side made up. */
    private static Answers member(Play play, String group) {
        return play.prepare(
                ApiKeys.JOIN_GROUP,
                9,
                side -> join(group, "", 9).setGroupInstanceId("instance"),
                answer -> ((JoinGroupResponseData) answer).errorCode() == Errors.NONE.code());
    }

    /** A group that is written down: before its first assignment it may be seen or not. */
    private static void stable(Play play, String group) {
        Answers joined = member(play, group);
        play.prepare(
                ApiKeys.SYNC_GROUP,
                5,
                side -> sync(group, id(joined, side), 1),
                answer -> ((SyncGroupResponseData) answer).errorCode() == Errors.NONE.code());
    }

    private static String id(Answers joined, Side side) {
        return joined.of(side, JoinGroupResponseData.class).memberId();
    }

    private static void syncs(Play play, int version) {
        String group = "synced-" + version;
        Answers joined = member(play, group);
        play.ask("the leader's assignment", ApiKeys.SYNC_GROUP, version, side -> sync(group, id(joined, side), 1));
        play.ask("once more", ApiKeys.SYNC_GROUP, version, side -> sync(group, id(joined, side), 1));
        play.ask("an old generation", ApiKeys.SYNC_GROUP, version, side -> sync(group, id(joined, side), 0));
        play.ask("as nobody", ApiKeys.SYNC_GROUP, version, sync(group, "nobody", 1));
        play.ask("in no group", ApiKeys.SYNC_GROUP, version, sync("no-group", "nobody", 1));
        if (version >= 5) {
            play.ask(
                    "with protocol names",
                    ApiKeys.SYNC_GROUP,
                    version,
                    side -> sync(group, id(joined, side), 1)
                            .setProtocolType("consumer")
                            .setProtocolName("range"));
            play.ask(
                    "with another protocol",
                    ApiKeys.SYNC_GROUP,
                    version,
                    side -> sync(group, id(joined, side), 1)
                            .setProtocolType("consumer")
                            .setProtocolName("roundrobin"));
        }
    }

    private static SyncGroupRequestData sync(String group, String member, int generation) {
        return new SyncGroupRequestData()
                .setGroupId(group)
                .setMemberId(member)
                .setGenerationId(generation)
                .setProtocolType("consumer")
                .setProtocolName("range")
                .setAssignments(List.of(
                        new SyncGroupRequestAssignment().setMemberId(member).setAssignment(new byte[] {1, 2, 3})));
    }

    private static void beats(Play play, int version) {
        String group = "beating-" + version;
        Answers joined = member(play, group);
        play.ask("in time", ApiKeys.HEARTBEAT, version, side -> beat(group, id(joined, side), 1));
        play.ask("an old generation", ApiKeys.HEARTBEAT, version, side -> beat(group, id(joined, side), 0));
        play.ask("as nobody", ApiKeys.HEARTBEAT, version, beat(group, "nobody", 1));
        play.ask("in no group", ApiKeys.HEARTBEAT, version, beat("no-group", "nobody", 1));
        play.ask("in a group without a name", ApiKeys.HEARTBEAT, version, beat("", "nobody", 1));
        if (version >= 3) {
            play.ask(
                    "as another of the same instance",
                    ApiKeys.HEARTBEAT,
                    version,
                    beat(group, "other", 1).setGroupInstanceId("instance"));
        }
    }

    private static HeartbeatRequestData beat(String group, String member, int generation) {
        return new HeartbeatRequestData().setGroupId(group).setMemberId(member).setGenerationId(generation);
    }

    private static void describes(Play play, int version) {
        String group = "described-" + version;
        stable(play, group);
        DescribeGroupsRequestData request = new DescribeGroupsRequestData().setGroups(List.of(group, "no-group"));
        play.ask("one at work, and none", ApiKeys.DESCRIBE_GROUPS, version, request);
        if (version >= 3) {
            play.ask(
                    "with what one may",
                    ApiKeys.DESCRIBE_GROUPS,
                    version,
                    request.duplicate().setIncludeAuthorizedOperations(true));
        }
    }

    private static void lists(Play play, int version) {
        play.ask("all", ApiKeys.LIST_GROUPS, version, new ListGroupsRequestData());
        if (version >= 4) {
            play.ask(
                    "by state",
                    ApiKeys.LIST_GROUPS,
                    version,
                    new ListGroupsRequestData().setStatesFilter(List.of("stable")));
            play.ask(
                    "by a state that is none",
                    ApiKeys.LIST_GROUPS,
                    version,
                    new ListGroupsRequestData().setStatesFilter(List.of("happy")));
        }
        if (version >= 5) {
            play.ask(
                    "by type",
                    ApiKeys.LIST_GROUPS,
                    version,
                    new ListGroupsRequestData().setTypesFilter(List.of("classic")));
            play.ask(
                    "by a type that is none",
                    ApiKeys.LIST_GROUPS,
                    version,
                    new ListGroupsRequestData().setTypesFilter(List.of("club")));
        }
    }

    private static void leaves(Play play, int version) {
        String group = "left-" + version;
        Answers joined = member(play, group);
        play.ask("as nobody", ApiKeys.LEAVE_GROUP, version, leave(group, "nobody", version));
        play.ask("as its member", ApiKeys.LEAVE_GROUP, version, side -> leave(group, id(joined, side), version));
        play.ask("once more", ApiKeys.LEAVE_GROUP, version, side -> leave(group, id(joined, side), version));
        play.ask("no group", ApiKeys.LEAVE_GROUP, version, leave("no-group", "nobody", version));
        if (version >= 3) {
            member(play, group);
            LeaveGroupRequestData instance = new LeaveGroupRequestData()
                    .setGroupId(group)
                    .setMembers(List.of(
                            new MemberIdentity().setGroupInstanceId("instance"),
                            new MemberIdentity().setGroupInstanceId("other")));
            play.ask("by instance", ApiKeys.LEAVE_GROUP, version, instance);
        }
    }

    private static LeaveGroupRequestData leave(String group, String member, int version) {
        LeaveGroupRequestData request = new LeaveGroupRequestData().setGroupId(group);
        return version < 3
                ? request.setMemberId(member)
                : request.setMembers(List.of(new MemberIdentity().setMemberId(member)));
    }

    private static void deletes(Play play, int version) {
        String group = "deleted-" + version;
        Answers joined = member(play, group);
        play.ask("one with a member", ApiKeys.DELETE_GROUPS, version, deletion(group));
        play.prepare(ApiKeys.LEAVE_GROUP, 4, side -> leave(group, id(joined, side), 4), answer -> true);
        play.ask("an empty one", ApiKeys.DELETE_GROUPS, version, deletion(group));
        play.ask("one that is not there", ApiKeys.DELETE_GROUPS, version, deletion("no-group"));
        play.ask("one without a name", ApiKeys.DELETE_GROUPS, version, deletion(""));
    }

    private static DeleteGroupsRequestData deletion(String group) {
        return new DeleteGroupsRequestData().setGroupsNames(List.of(group));
    }
}
