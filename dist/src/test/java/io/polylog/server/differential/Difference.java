package io.polylog.server.differential;

import org.apache.kafka.common.protocol.ApiKeys;

/**
 * One place in which the answers to one step differ.
 *
 * @param step what was asked
 * @param path where in the answer, as {@code /topics[t]/errorCode}
 * @param kafka what Apache Kafka has there
 * @param polylog what the gateway has there
 */
record Difference(ApiKeys api, int version, String step, String path, String kafka, String polylog) {

    @Override
    public String toString() {
        return api.name + " v" + version + ", " + step + ": " + path + ": kafka " + kafka + ", polylog " + polylog;
    }
}
