package io.polylog.node;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.share.ShareGroups;
import java.lang.reflect.Proxy;

/** Stands where the group engines will be while they are being built; every call is refused. */
final class NoGroupsYet {

    static final ShareGroups SHARE = refusing(ShareGroups.class);

    private NoGroupsYet() {}

    private static <T> T refusing(Class<T> port) {
        return port.cast(Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, (proxy, method, args) -> {
            throw new RefusedException(Refusal.CLOSED, "groups are not built in yet");
        }));
    }
}
