package io.polylog.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.codec.http.HttpResponseStatus;

/** An answer before it is written: status, media type and text. */
record Reply(HttpResponseStatus status, String contentType, String body) {

    static Reply json(HttpResponseStatus status, String body) {
        return new Reply(status, "application/json", body);
    }

    /** A refusal, in one sentence. */
    static Reply sentence(HttpResponseStatus status, String sentence) {
        return new Reply(status, "text/plain; charset=utf-8", sentence + "\n");
    }

    byte[] bytes() {
        return body.getBytes(UTF_8);
    }
}
