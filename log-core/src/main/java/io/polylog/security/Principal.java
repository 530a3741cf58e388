package io.polylog.security;

/**
 * Somebody who may be given rights, as {@code User:anna}.
 *
 * @param type {@code User}, for all that the gateway knows by itself
 * @param name as proved: the user of a password or token, or the subject of a certificate
 */
public record Principal(String type, String name) {

    public static final String USER = "User";

    /** Whoever has not been asked. */
    public static final Principal ANONYMOUS = user("ANONYMOUS");

    public Principal {
        Names.check("principal type", type);
        Names.check("principal name", name);
    }

    public static Principal user(String name) {
        return new Principal(USER, name);
    }

    /**
     * @param text such as {@code User:anna}; the name may hold colons
     * @throws IllegalArgumentException with a sentence that says what is accepted
     */
    public static Principal parse(String text) {
        int colon = text.indexOf(':');
        if (colon <= 0 || colon == text.length() - 1) {
            throw new IllegalArgumentException("must look like User:anna, not \"" + text + "\"");
        }
        return new Principal(text.substring(0, colon), text.substring(colon + 1));
    }

    @Override
    public String toString() {
        return type + ":" + name;
    }
}
