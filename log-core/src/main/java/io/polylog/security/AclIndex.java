package io.polylog.security;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The access control list, ordered so that a question looks at the entries of its resource only: those of its name, those
 * for any name, and those of its prefixes. A prohibition wins over any right; who has neither is refused, unless nobody
 * has any right to the resource and {@link Rules#allowIfNoAcl} says that such are free. Immutable.
 */
public final class AclIndex {

    /**
     * What holds beside the entries.
     *
     * @param superUsers whom no entry binds
     * @param allowIfNoAcl whether everybody may do everything with what no entry is about
     */
    public record Rules(Set<Principal> superUsers, boolean allowIfNoAcl) {}

    private record Entries(Map<String, List<Acl>> literal, NavigableMap<String, List<Acl>> prefixed) {}

    private final Rules rules;
    private final Map<ResourceType, Entries> byType = new EnumMap<>(ResourceType.class);

    public AclIndex(Rules rules, Collection<Acl> acls) {
        this.rules = rules;
        for (ResourceType type : ResourceType.values()) {
            byType.put(type, new Entries(new HashMap<>(), new TreeMap<>()));
        }
        for (Acl acl : acls) {
            Entries entries = entries(acl.type());
            Map<String, List<Acl>> names = acl.pattern() == Acl.Pattern.LITERAL ? entries.literal : entries.prefixed;
            names.computeIfAbsent(acl.name(), name -> new ArrayList<>(1)).add(acl);
        }
    }

    private Entries entries(ResourceType type) {
        return Objects.requireNonNull(byType.get(type));
    }

    /** Whether {@code subject} may do that with the resource. */
    public boolean allows(Subject subject, Operation operation, Resource resource) {
        if (rules.superUsers().contains(subject.principal())) {
            return true;
        }
        Verdict verdict = new Verdict(subject, operation);
        forEach(resource, verdict);
        return verdict.allows(rules.allowIfNoAcl());
    }

    /**
     * Whether there may be any resource of the type with which {@code subject} may do that: some entry allows it, and no
     * prohibition covers all that this entry is about.
     */
    public boolean allowsAny(Subject subject, Operation operation, ResourceType type) {
        if (rules.superUsers().contains(subject.principal())) {
            return true;
        }
        Entries entries = entries(type);
        Verdict all = new Verdict(subject, operation);
        entries.literal.getOrDefault(Acl.ANY, List.of()).forEach(all);
        if (all.denied) {
            return false;
        }
        if (rules.allowIfNoAcl()) {
            return true;
        }
        for (List<Acl> ofName : entries.literal.values()) {
            for (Acl acl : ofName) {
                if (grants(acl, subject, operation)
                        && (acl.name().equals(Acl.ANY) || allows(subject, operation, new Resource(type, acl.name())))) {
                    return true;
                }
            }
        }
        for (List<Acl> ofPrefix : entries.prefixed.values()) {
            for (Acl acl : ofPrefix) {
                if (grants(acl, subject, operation) && !prefixDenied(entries, acl.name(), subject, operation)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean grants(Acl acl, Subject subject, Operation operation) {
        return acl.allow() && acl.concerns(subject) && acl.covers(operation);
    }

    private static boolean prefixDenied(Entries entries, String prefix, Subject subject, Operation operation) {
        Verdict verdict = new Verdict(subject, operation);
        forEachPrefix(entries, prefix, verdict);
        return verdict.denied;
    }

    private void forEach(Resource resource, Consumer<Acl> each) {
        Entries entries = entries(resource.type());
        entries.literal.getOrDefault(resource.name(), List.of()).forEach(each);
        if (!resource.name().equals(Acl.ANY)) {
            entries.literal.getOrDefault(Acl.ANY, List.of()).forEach(each);
        }
        forEachPrefix(entries, resource.name(), each);
    }

    /** Prefixes of a name stand before it, and none between them that does not share a beginning with it. */
    private static void forEachPrefix(Entries entries, String name, Consumer<Acl> each) {
        String bound = name;
        Map.Entry<String, List<Acl>> candidate = entries.prefixed.floorEntry(bound);
        while (candidate != null) {
            String prefix = candidate.getKey();
            if (name.startsWith(prefix)) {
                candidate.getValue().forEach(each);
                candidate = entries.prefixed.lowerEntry(prefix);
            } else {
                int common = commonLength(name, prefix);
                if (common == 0) {
                    return;
                }
                candidate = entries.prefixed.floorEntry(name.substring(0, common));
            }
        }
    }

    private static int commonLength(String left, String right) {
        int length = 0;
        int most = Math.min(left.length(), right.length());
        while (length < most && left.charAt(length) == right.charAt(length)) {
            length++;
        }
        return length;
    }

    /** Gathers what the entries of a resource say. */
    private static final class Verdict implements Consumer<Acl> {
        private final Subject subject;
        private final Operation operation;
        private boolean any;
        private boolean denied;
        private boolean allowed;

        Verdict(Subject subject, Operation operation) {
            this.subject = subject;
            this.operation = operation;
        }

        @Override
        public void accept(Acl acl) {
            any = true;
            if (acl.concerns(subject) && acl.covers(operation)) {
                allowed |= acl.allow();
                denied |= !acl.allow();
            }
        }

        boolean allows(boolean ifNone) {
            return !denied && (allowed || (!any && ifNone));
        }
    }
}
