package io.polylog.camel.lint;

import org.snakeyaml.engine.v2.nodes.Node;

/**
 * One thing that is wrong in a route file.
 *
 * @param file name of the file, as the user gave it or without its directory
 * @param line from 1
 * @param problem what is wrong, in words that need no full stop
 * @param remedy what to write instead, or to do
 */
public record Fault(String file, int line, String problem, String remedy) {

    static Fault at(String file, Node node, String problem, String remedy) {
        return new Fault(file, line(node), problem, remedy);
    }

    static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }

    /** {@code file:line: problem; remedy}. */
    @Override
    public String toString() {
        return file + ":" + line + ": " + problem + "; " + remedy;
    }
}
