package io.polylog.server.client;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Comparator;
import java.util.Locale;
import org.apache.kafka.clients.admin.GroupListing;

/** {@code polylog group list}. */
public final class ListGroups implements ClientCommand {

    private static final Table TABLE =
            new Table().text("GROUP", "group").text("TYPE", "type").text("STATE", "state");

    @Override
    public void run(KafkaDoor gateway, Output output) throws ClientException, InterruptedException {
        ArrayNode rows = JsonNodeFactory.instance.arrayNode();
        gateway.answer(gateway.admin().listGroups().all(), "groups").stream()
                .sorted(Comparator.comparing(GroupListing::groupId))
                .forEach(group -> rows.addObject()
                        .put("group", group.groupId())
                        .put("type", group.type().map(ListGroups::word).orElse(""))
                        .put("state", group.groupState().map(ListGroups::word).orElse("")));
        output.report(rows, TABLE.of(rows, "no groups"));
    }

    /** As it stands in answers. */
    static String word(Object value) {
        return value.toString().toLowerCase(Locale.ROOT);
    }
}
