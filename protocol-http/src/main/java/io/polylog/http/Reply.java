package io.polylog.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * An answer before it is written: status, media type and text.
 *
 * @param allow the methods of the path, said with a refusal of another one; empty otherwise
 */
record Reply(HttpResponseStatus status, String contentType, String body, String allow) {

    Reply(HttpResponseStatus status, String contentType, String body) {
        this(status, contentType, body, "");
    }

    static Reply json(HttpResponseStatus status, String body) {
        return new Reply(status, "application/json", body);
    }

    /** A refusal of a method (RFC 9110 §15.5.6). */
    static Reply notAllowed(String allowed) {
        return new Reply(
                HttpResponseStatus.METHOD_NOT_ALLOWED,
                "text/plain; charset=utf-8",
                "Only " + allowed.replace(", ", " and ") + (allowed.contains(",") ? " are" : " is")
                        + " allowed here.\n",
                allowed);
    }

    /** A refusal, in one sentence. */
    static Reply sentence(HttpResponseStatus status, String sentence) {
        return new Reply(status, "text/plain; charset=utf-8", sentence + "\n");
    }

    byte[] bytes() {
        return body.getBytes(UTF_8);
    }
}
