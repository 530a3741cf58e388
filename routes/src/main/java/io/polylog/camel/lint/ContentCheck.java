package io.polylog.camel.lint;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.dsl.yaml.common.YamlSupport;
import org.apache.camel.spi.Language;
import org.apache.camel.util.URISupport;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Tries the endpoints and expressions of one file in a context that runs nothing: an endpoint is made, not started, so
 * nothing outside is asked for anything.
 */
final class ContentCheck {

    private static final Node NOWHERE = new ScalarNode(Tag.STR, "", ScalarStyle.PLAIN);

    private final CamelContext camel;
    private final Components components;
    private final String file;
    private final List<Fault> faults;

    ContentCheck(CamelContext camel, String file, List<Fault> faults) {
        this.camel = camel;
        this.components = new Components(camel);
        this.file = file;
        this.faults = faults;
    }

    void expression(ExpressionUse use) {
        Language language;
        try {
            language = camel.resolveLanguage(use.language());
        } catch (RuntimeException absent) { // NoSuchLanguageException, or what its class needs and does not find
            fault(
                    use.line(),
                    "the language '" + use.language() + "' is not here",
                    "use simple, jsonpath, constant or header, or put the jars of Camel's component into lib/ext");
            return;
        }
        try {
            String text = camel.resolvePropertyPlaceholders(use.text());
            if (use.isPredicate()) {
                language.createPredicate(text).init(camel);
            } else {
                language.createExpression(text).init(camel);
            }
        } catch (RuntimeException invalid) { // each language has its own
            fault(
                    use.line(),
                    "the " + use.language() + " expression cannot be used: " + Reasons.of(invalid),
                    use.language().equals("simple")
                            ? "write it like ${header.name} == 'text', with every ${ closed by }"
                            : "correct what it says");
        }
    }

    void endpoint(EndpointUse use) {
        String scheme = use.scheme();
        if (scheme.isEmpty() || scheme.contains("${") || scheme.contains("{{")) {
            return;
        }
        if (!components.has(scheme)) {
            fault(
                    use.line(),
                    "there is no component '" + scheme + "'",
                    Advice.instead(scheme, components.schemes())
                            + ", or put the jars of Camel's component into lib/ext");
            return;
        }
        if (optionsAreKnown(use, scheme) && inputIsComplete(use, scheme) && !use.isDynamic()) {
            create(use);
        }
    }

    private boolean optionsAreKnown(EndpointUse use, String scheme) {
        Set<String> known = components.options(scheme);
        if (known.isEmpty()) {
            return true;
        }
        int before = faults.size();
        queryOptions(use).keySet().forEach(option -> option(option, use.line(), scheme, known));
        use.parameters().forEach(parameter -> option(parameter.name(), parameter.line(), scheme, known));
        return faults.size() == before;
    }

    private void option(String option, int line, String scheme, Set<String> known) {
        if (!known.contains(option) && !components.isPrefixed(scheme, option) && !option.contains("${")) {
            fault(line, scheme + " has no option '" + option + "'", Advice.instead(option, known));
        }
    }

    private Map<String, Object> queryOptions(EndpointUse use) {
        int query = use.uri().indexOf('?');
        if (query < 0) {
            return Map.of();
        }
        try {
            return URISupport.parseQuery(use.uri().substring(query + 1));
        } catch (java.net.URISyntaxException invalid) {
            fault(use.line(), "the options in '" + use.uri() + "' cannot be read", "write ?name=value&name=value");
            return Map.of();
        }
    }

    private boolean inputIsComplete(EndpointUse use, String scheme) {
        boolean complete = !use.role().equals("from")
                || !scheme.equals("polylog")
                || Stream.concat(
                                queryOptions(use).keySet().stream(),
                                use.parameters().stream().map(EndpointUse.Parameter::name))
                        .anyMatch("group"::equals);
        if (!complete) {
            fault(
                    use.line(),
                    "an input from polylog needs a group",
                    "add it, as in uri: " + use.uri() + (use.uri().contains("?") ? "&" : "?") + "group=NAME");
        }
        return complete;
    }

    private void create(EndpointUse use) {
        try {
            camel.getEndpoint(YamlSupport.createEndpointUri(camel, NOWHERE, use.uri(), use.parameterMap()));
        } catch (RuntimeException invalid) { // ResolveEndpointFailedException, or what the component throws
            String reason = Reasons.of(invalid);
            EndpointUse.Parameter culprit = use.parameters().stream()
                    .filter(parameter -> reason.contains(parameter.name()))
                    .findFirst()
                    .orElse(new EndpointUse.Parameter("", "", use.line()));
            fault(
                    culprit.line(),
                    "the endpoint '" + use.scheme() + "' cannot be made: " + reason,
                    culprit.name().isEmpty()
                            ? "correct the address or the options"
                            : "give " + culprit.name() + " another value than '" + culprit.value() + "'");
        }
    }

    private void fault(int line, String problem, String remedy) {
        faults.add(new Fault(file, line, problem, remedy));
    }
}
