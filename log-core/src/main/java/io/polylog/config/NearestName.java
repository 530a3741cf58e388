package io.polylog.config;

import java.util.Collection;
import java.util.Optional;

/** Finds what somebody probably meant. */
public final class NearestName {

    private NearestName() {}

    /** The closest candidate, if it is close enough to be a slip of the finger. */
    public static Optional<String> of(String written, Collection<String> candidates) {
        String best = "";
        // A short word of which nothing is left is no slip.
        int bestDistance = Math.min(Math.max(2, written.length() / 4), written.length() - 1) + 1;
        for (String candidate : candidates) {
            int distance = distance(written, candidate);
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return best.isEmpty() ? Optional.empty() : Optional.of(best);
    }

    /** Edits that turn one text into the other: insert, remove, replace, or swap two neighbours. */
    static int distance(String from, String to) {
        int[][] table = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            table[i][0] = i;
        }
        for (int j = 0; j <= to.length(); j++) {
            table[0][j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            for (int j = 1; j <= to.length(); j++) {
                int replace = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
                int least = Math.min(table[i - 1][j] + 1, table[i][j - 1] + 1);
                least = Math.min(least, table[i - 1][j - 1] + replace);
                if (i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1)) {
                    least = Math.min(least, table[i - 2][j - 2] + 1);
                }
                table[i][j] = least;
            }
        }
        return table[from.length()][to.length()];
    }
}
