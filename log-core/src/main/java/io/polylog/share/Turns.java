package io.polylog.share;

import io.polylog.broker.Isolation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The members of a ledger, who take turns. Ledger's thread. */
final class Turns {

    private final List<Member> members = new ArrayList<>();
    private int next;
    private int uncommitted;

    void add(Member member) {
        members.add(member);
        uncommitted += readsUncommitted(member);
    }

    boolean remove(Member member) {
        boolean removed = members.remove(member);
        if (removed) {
            uncommitted -= readsUncommitted(member);
        }
        return removed;
    }

    void clear() {
        members.clear();
        uncommitted = 0;
    }

    private static int readsUncommitted(Member member) {
        return member.rules().isolation() == Isolation.UNCOMMITTED ? 1 : 0;
    }

    /** What of transactions the least careful of them gets. */
    Isolation isolation() {
        return uncommitted > 0 ? Isolation.UNCOMMITTED : Isolation.COMMITTED;
    }

    boolean contains(Member member) {
        return members.contains(member);
    }

    boolean isEmpty() {
        return members.isEmpty();
    }

    int size() {
        return members.size();
    }

    /** A view. */
    List<Member> all() {
        return Collections.unmodifiableList(members);
    }

    /** The next member in turn that has credit, drawn for one record. */
    @Nullable
    Member drawCredit() {
        for (int i = 0; i < members.size(); i++) {
            int index = (next + i) % members.size();
            if (members.get(index).credit().draw()) {
                next = index + 1;
                return members.get(index);
            }
        }
        return null;
    }
}
