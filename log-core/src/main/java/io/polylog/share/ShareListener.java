package io.polylog.share;

import java.util.List;

/** Receives what a member acquired. Called on the executor given when joining. */
public interface ShareListener {

    /** Records acquired by this member: at most as many as its credit. */
    void acquired(List<Acquired> records);

    /** The group cannot go on for this member, because the topic is gone or its storage failed. Nothing follows. */
    void ended(String reason);
}
