package io.polylog.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What is kept of a password: enough to check it, in SCRAM and in the clear, and not enough to log in with it (RFC 5802
 * §3). Arrays are not copied; nobody changes them.
 */
public final class ScramCredential {

    private static final String KIND = "scram";
    public static final int MAX_SALT_BYTES = 1024;

    private final ScramMechanism mechanism;
    private final byte[] salt;
    private final int iterations;
    private final byte[] storedKey;
    private final byte[] serverKey;

    /**
     * @param salt up to {@link #MAX_SALT_BYTES}
     * @param iterations of the salting, within {@link ScramMechanism}'s bounds
     */
    public ScramCredential(ScramMechanism mechanism, byte[] salt, int iterations, byte[] storedKey, byte[] serverKey) {
        if (salt.length == 0 || salt.length > MAX_SALT_BYTES) {
            throw new IllegalArgumentException("a salt has 1 to " + MAX_SALT_BYTES + " bytes, not " + salt.length);
        }
        if (iterations < ScramMechanism.MIN_ITERATIONS || iterations > ScramMechanism.MAX_ITERATIONS) {
            throw new IllegalArgumentException("iterations must be " + ScramMechanism.MIN_ITERATIONS + " to "
                    + ScramMechanism.MAX_ITERATIONS + ", not " + iterations);
        }
        if (storedKey.length != mechanism.keyBytes() || serverKey.length != mechanism.keyBytes()) {
            throw new IllegalArgumentException("a key of " + mechanism + " has " + mechanism.keyBytes() + " bytes");
        }
        this.mechanism = mechanism;
        this.salt = salt;
        this.iterations = iterations;
        this.storedKey = storedKey;
        this.serverKey = serverKey;
    }

    public ScramMechanism mechanism() {
        return mechanism;
    }

    public byte[] salt() {
        return salt;
    }

    public int iterations() {
        return iterations;
    }

    public byte[] storedKey() {
        return storedKey;
    }

    public byte[] serverKey() {
        return serverKey;
    }

    /** From a password. Takes milliseconds. */
    public static ScramCredential of(ScramMechanism mechanism, String password, byte[] salt, int iterations) {
        return ofSalted(mechanism, salted(mechanism, password, salt, iterations), salt, iterations);
    }

    /** From a password that the client has salted: {@code Hi(password, salt, iterations)}. */
    public static ScramCredential ofSalted(
            ScramMechanism mechanism, byte[] saltedPassword, byte[] salt, int iterations) {
        return new ScramCredential(
                mechanism,
                salt,
                iterations,
                storedKey(mechanism, saltedPassword),
                mac(mechanism, saltedPassword, "Server Key"));
    }

    /** Whether it is the password. Takes milliseconds, so it is asked off the event loops. */
    public boolean accepts(String password) {
        byte[] tried = storedKey(mechanism, salted(mechanism, password, salt, iterations));
        return MessageDigest.isEqual(tried, storedKey);
    }

    private static byte[] salted(ScramMechanism mechanism, String password, byte[] salt, int iterations) {
        if (password.isEmpty()) {
            throw new IllegalArgumentException("a password must not be empty");
        }
        try {
            PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, iterations, mechanism.keyBytes() * 8);
            return SecretKeyFactory.getInstance("PBKDF2With" + mechanism.mac())
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] storedKey(ScramMechanism mechanism, byte[] saltedPassword) {
        try {
            return MessageDigest.getInstance(mechanism.digest()).digest(mac(mechanism, saltedPassword, "Client Key"));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] mac(ScramMechanism mechanism, byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance(mechanism.mac());
            mac.init(new SecretKeySpec(key, mechanism.mac()));
            return mac.doFinal(text.getBytes(UTF_8));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The key of the row that keeps a user's credential. */
    public static String rowKey(String user, ScramMechanism mechanism) {
        Names.check("user name", user);
        return Names.row(KIND, user, mechanism);
    }

    /** The value of the row that keeps it. */
    public String rowValue() {
        return Names.row(iterations, base64(salt), base64(storedKey), base64(serverKey));
    }

    /** Whose credential a row keeps, if it keeps one. */
    public static Optional<String> userOfRow(String rowKey) {
        return rowKey.startsWith(KIND + " ") ? Optional.of(Names.fields(rowKey)[1]) : Optional.empty();
    }

    /** The credential that a row keeps. */
    public static ScramCredential ofRow(String rowKey, String rowValue) {
        String[] fields = Names.fields(rowValue);
        return new ScramCredential(
                ScramMechanism.valueOf(Names.fields(rowKey)[2]),
                bytes(fields[1]),
                Integer.parseInt(fields[0]),
                bytes(fields[2]),
                bytes(fields[3]));
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static byte[] bytes(String base64) {
        return Base64.getDecoder().decode(base64);
    }

    /** Nothing of it belongs into a log. */
    @Override
    public String toString() {
        return mechanism + " of " + iterations + " iterations";
    }
}
