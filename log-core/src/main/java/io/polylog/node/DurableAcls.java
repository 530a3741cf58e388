package io.polylog.node;

import io.polylog.security.Acl;
import io.polylog.security.AclIndex;
import io.polylog.security.Acls;
import io.polylog.security.Operation;
import io.polylog.security.Resource;
import io.polylog.security.ResourceType;
import io.polylog.security.Subject;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The access control list of the metadata group. */
final class DurableAcls implements Acls {

    private static final Logger log = LoggerFactory.getLogger(DurableAcls.class);

    private final SecurityRows rows;
    private final boolean enforced;
    private final AclIndex.Rules rules;
    private volatile List<Acl> all = List.of();
    private volatile AclIndex index;

    DurableAcls(SecurityRows rows, boolean enforced, AclIndex.Rules rules) {
        this.rows = rows;
        this.enforced = enforced;
        this.rules = rules;
        this.index = new AclIndex(rules, List.of());
        rows.read(Acl::isRow, this::take);
    }

    private void take(Map<String, String> acls) {
        all = acls.keySet().stream().map(Acl::ofRow).toList();
        index = new AclIndex(rules, all);
    }

    @Override
    public boolean enforced() {
        return enforced;
    }

    @Override
    public boolean allows(Subject subject, Operation operation, Resource resource) {
        return !enforced || index.allows(subject, operation, resource);
    }

    @Override
    public boolean allowsAny(Subject subject, Operation operation, ResourceType type) {
        return !enforced || index.allowsAny(subject, operation, type);
    }

    @Override
    public Collection<Acl> all() {
        return all;
    }

    @Override
    public CompletionStage<Void> change(Collection<Acl> added, Collection<Acl> removed) {
        Map<String, String> put = new HashMap<>();
        added.forEach(acl -> put.put(acl.row(), ""));
        return rows.change(put, removed.stream().map(Acl::row).toList()).thenRun(() -> {
            added.forEach(acl -> log.atInfo().addKeyValue("acl", acl).log("ACL added"));
            removed.forEach(acl -> log.atInfo().addKeyValue("acl", acl).log("ACL removed"));
        });
    }
}
