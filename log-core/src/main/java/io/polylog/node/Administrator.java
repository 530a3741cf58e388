package io.polylog.node;

import io.polylog.config.Settings;
import io.polylog.security.ScramCredential;
import io.polylog.security.ScramMechanism;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;

/** The user that exists by configuration, so that somebody can make the others. */
final class Administrator {

    private static final int MAX_PASSWORD_BYTES = 1024;
    private static final int SALT_BYTES = 24;

    private Administrator() {}

    /**
     * The administrator's credentials, by {@link ScramCredential#rowKey}; none if there is no such user.
     *
     * @throws DataDirectoryException if the password cannot be had, with a sentence for the user
     */
    static Map<String, ScramCredential> credentials(Settings settings) {
        String user = settings.get(SecurityKeys.ADMIN_USER);
        String file = settings.get(SecurityKeys.ADMIN_PASSWORD_FILE);
        if (user.isEmpty() != file.isEmpty()) {
            throw new DataDirectoryException(SecurityKeys.ADMIN_USER.name() + " and "
                    + SecurityKeys.ADMIN_PASSWORD_FILE.name() + " need each other; set both or none");
        }
        Map<String, ScramCredential> credentials = new HashMap<>();
        if (!user.isEmpty()) {
            String password = password(Path.of(file));
            for (ScramMechanism mechanism : ScramMechanism.values()) {
                byte[] salt = new byte[SALT_BYTES];
                new SecureRandom().nextBytes(salt);
                credentials.put(
                        ScramCredential.rowKey(user, mechanism),
                        ScramCredential.of(mechanism, password, salt, ScramMechanism.MIN_ITERATIONS));
            }
        }
        return credentials;
    }

    private static String password(Path file) {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_PASSWORD_BYTES + 1);
        } catch (IOException unreadable) {
            throw unusable(file, "cannot be read");
        }
        String password = new String(bytes, StandardCharsets.UTF_8).stripTrailing();
        if (password.isEmpty() || bytes.length > MAX_PASSWORD_BYTES) {
            throw unusable(file, "holds no password of 1 to " + MAX_PASSWORD_BYTES + " bytes");
        }
        return password;
    }

    private static DataDirectoryException unusable(Path file, String why) {
        return new DataDirectoryException(
                SecurityKeys.ADMIN_PASSWORD_FILE.name() + ": " + file.toAbsolutePath() + " " + why);
    }
}
