package io.polylog.dispatch;

/**
 * What a cursor asks its partition's feed for; it has at most one of these under way.
 *
 * @param fruitless reads that found nothing for it although there should have been something
 */
record Want(FeedCursor cursor, long offset, int maxRecords, int maxBytes, int fruitless) {

    Want at(long newOffset) {
        return newOffset == offset ? this : new Want(cursor, newOffset, maxRecords, maxBytes, fruitless);
    }

    Want afterFruitlessRead() {
        return new Want(cursor, offset, maxRecords, maxBytes, fruitless + 1);
    }
}
