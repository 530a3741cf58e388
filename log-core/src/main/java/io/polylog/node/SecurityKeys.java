package io.polylog.node;

import io.polylog.config.ConfigKey;
import io.polylog.config.Settings;
import io.polylog.security.AclIndex;
import io.polylog.security.Principal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The settings of who may do what, for all doors. */
public final class SecurityKeys {

    public static final ConfigKey<Boolean> ACLS = ConfigKey.flag(
            "security.acls",
            false,
            "Whether clients need rights, as access control lists give them; without, everybody may do everything.");

    public static final ConfigKey<Boolean> ALLOW_EVERYONE_IF_NO_ACL = ConfigKey.flag(
            "security.allow-everyone-if-no-acl",
            false,
            "Whether everybody may do everything with what no access control list is about.");

    public static final ConfigKey<Set<Principal>> SUPER_USERS = new ConfigKey<>(
            "security.super-users",
            "",
            "Principals that need no rights, with semicolons between: User:anna;User:CN=ops,O=house.",
            SecurityKeys::principals);

    public static final ConfigKey<String> ADMIN_USER = ConfigKey.text(
            "security.admin-user",
            "",
            "A super user that exists without having been made, with the password of the next key; empty: none.");

    public static final ConfigKey<String> ADMIN_PASSWORD_FILE = ConfigKey.text(
            "security.admin-password-file",
            "",
            "File with the password of the administrator, read at start; its last line break does not count.");

    private SecurityKeys() {}

    public static List<ConfigKey<?>> all() {
        return List.of(ACLS, ALLOW_EVERYONE_IF_NO_ACL, SUPER_USERS, ADMIN_USER, ADMIN_PASSWORD_FILE);
    }

    private static Set<Principal> principals(String text) {
        Set<Principal> principals = new HashSet<>();
        for (String one : text.split(";")) {
            if (!one.isBlank()) {
                principals.add(Principal.parse(one.strip()));
            }
        }
        return Set.copyOf(principals);
    }

    static AclIndex.Rules rules(Settings settings) {
        Set<Principal> superUsers = new HashSet<>(settings.get(SUPER_USERS));
        if (!settings.get(ADMIN_USER).isEmpty()) {
            superUsers.add(Principal.user(settings.get(ADMIN_USER)));
        }
        return new AclIndex.Rules(Set.copyOf(superUsers), settings.get(ALLOW_EVERYONE_IF_NO_ACL));
    }
}
