package io.polylog.share;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The credit calls that are not answered yet: each is when there is nothing left below the log's end at its time that the
 * credit could get. Ledger's thread.
 */
final class CreditReplies {

    /**
     * One call.
     *
     * @param end of the log when it was made, exclusive
     */
    record Waiting(Member member, long end, Gathering reply) {}

    private final List<Waiting> waiting = new ArrayList<>();

    void add(Member member, long end, Gathering reply) {
        waiting.add(new Waiting(member, end, reply));
    }

    /** Answers those for which nothing more is to come. */
    void answerIf(Predicate<Waiting> done) {
        waiting.removeIf(one -> {
            boolean answered = done.test(one);
            if (answered) {
                one.reply.done();
            }
            return answered;
        });
    }
}
