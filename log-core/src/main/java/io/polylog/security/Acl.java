package io.polylog.security;

import java.util.Locale;

/**
 * One entry of the access control list.
 *
 * @param name of the resource; {@link #ANY} with {@link Pattern#LITERAL} for all of its type
 * @param principal such as {@code User:anna}; {@code User:*} for everybody
 * @param host numeric address, or {@link #ANY}
 * @param allow whether it gives the right, rather than takes it away
 */
public record Acl(
        ResourceType type,
        Pattern pattern,
        String name,
        String principal,
        String host,
        Operation operation,
        boolean allow) {

    /** Stands for every name, or every host. */
    public static final String ANY = "*";

    static final String EVERYBODY = "User:*";

    private static final String KIND = "acl";

    /** How the name of an entry is compared with that of a resource. */
    public enum Pattern {
        /** It is that name. */
        LITERAL,
        /** The resource's name begins with it. */
        PREFIXED
    }

    public Acl {
        Names.check("resource name", name);
        Names.check("principal", principal);
        Principal.parse(principal);
        Names.check("host", host);
        if (type == ResourceType.CLUSTER
                && !name.equals(Resource.CLUSTER.name())
                && !(name.equals(ANY) && pattern == Pattern.LITERAL)) {
            throw new IllegalArgumentException(
                    "The only valid name for the CLUSTER resource is " + Resource.CLUSTER.name());
        }
    }

    boolean concerns(Subject subject) {
        return (principal.equals(EVERYBODY)
                        || principal.equals(subject.principal().toString()))
                && (host.equals(ANY) || host.equals(subject.host()));
    }

    /** Whether it is about that operation; a right may come with another one, a prohibition only by itself. */
    boolean covers(Operation asked) {
        return operation == asked || operation == Operation.ALL || (allow && operation.implies(asked));
    }

    /** What keeps it. */
    public String row() {
        return Names.row(KIND, type, pattern, name, principal, host, operation, allow);
    }

    /** The entry that a row keeps. */
    public static Acl ofRow(String row) {
        String[] fields = Names.fields(row);
        return new Acl(
                ResourceType.valueOf(fields[1]),
                Pattern.valueOf(fields[2]),
                fields[3],
                fields[4],
                fields[5],
                Operation.valueOf(fields[6]),
                Boolean.parseBoolean(fields[7]));
    }

    public static boolean isRow(String row) {
        return row.startsWith(KIND + " ");
    }

    @Override
    public String toString() {
        return (allow ? "allow " : "deny ") + principal + " from " + host + " to "
                + operation.name().toLowerCase(Locale.ROOT) + " "
                + type.name().toLowerCase(Locale.ROOT) + " " + name
                + (pattern == Pattern.PREFIXED ? "..." : "");
    }
}
