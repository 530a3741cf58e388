package io.polylog.server.crash;

/** What is to become of a message, by its number: most are accepted. */
enum Fate {
    /** Accepted by whoever gets it; now and then given back first. */
    FIT,
    /** Refused by every member that can refuse; the others accept it. */
    UNFIT,
    /** Fails with every member that can say so, again and again; the others accept it. */
    POISON,
    /** Its time was over before anybody could get it. */
    EXPIRED;

    private static final int OUT_OF = 50;
    private static final int POISONED = 2;

    static Fate of(int number) {
        int place = number % OUT_OF;
        if (place == 0) {
            return number % (2 * OUT_OF) == 0 ? EXPIRED : FIT;
        }
        if (place <= POISONED) {
            return POISON;
        }
        return place == POISONED + 1 ? UNFIT : FIT;
    }
}
