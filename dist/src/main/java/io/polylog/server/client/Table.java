package io.polylog.server.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Rows for people, of the same documents that programs get: each column as wide as it must be, numbers to the right. */
final class Table {

    private static final String GAP = "  ";

    private record Column(String title, String field, boolean number) {}

    private final List<Column> columns = new ArrayList<>();

    Table text(String title, String field) {
        columns.add(new Column(title, field, false));
        return this;
    }

    Table number(String title, String field) {
        columns.add(new Column(title, field, true));
        return this;
    }

    /**
     * A line with the titles and one for each row; what a row has not is a dash.
     *
     * @param none what to say if there are no rows
     */
    String of(JsonNode rows, String none) {
        if (rows.isEmpty()) {
            return none + "\n";
        }
        List<List<String>> lines = new ArrayList<>();
        lines.add(columns.stream().map(Column::title).toList());
        rows.forEach(row -> lines.add(
                columns.stream().map(column -> cell(row.path(column.field()))).toList()));
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(joined(line, lines)).append('\n'));
        return text.toString();
    }

    private static String cell(JsonNode value) {
        String text = value.isArray() || value.isObject() ? value.toString() : value.asText();
        return value.isMissingNode() || value.isNull() || text.isEmpty() ? "-" : text;
    }

    private String joined(List<String> line, List<List<String>> all) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < columns.size(); i++) {
            int column = i;
            int width = all.stream()
                    .mapToInt(other -> other.get(column).length())
                    .max()
                    .orElse(0);
            String padding = " ".repeat(width - line.get(i).length());
            text.append(i == 0 ? "" : GAP)
                    .append(columns.get(i).number() ? padding + line.get(i) : line.get(i) + padding);
        }
        return text.toString().stripTrailing();
    }
}
