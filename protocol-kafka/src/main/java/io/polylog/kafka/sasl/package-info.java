/**
 * Who is at the other end of a connection: SASL with Kafka's own server classes over the gateway's credentials, JSON web
 * tokens, and certificates. Read {@link io.polylog.kafka.sasl.Login} first.
 *
 * <p>Connections' event loops own logins; what costs time runs on the workers of {@link io.polylog.kafka.sasl.LoginRules}.
 */
@NullMarked
package io.polylog.kafka.sasl;

import org.jspecify.annotations.NullMarked;
