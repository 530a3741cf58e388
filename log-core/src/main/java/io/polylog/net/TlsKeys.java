package io.polylog.net;

import io.polylog.config.ConfigKey;
import io.polylog.config.Settings;
import io.polylog.time.Scheduler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The keys by which a listener is given TLS, in the block named after its protocol. */
public record TlsKeys(
        ConfigKey<OptionalInt> port,
        ConfigKey<String> certificate,
        ConfigKey<String> key,
        ConfigKey<String> passwordFile,
        ConfigKey<String> clientCa,
        ConfigKey<ClientAuth> clientAuth) {

    public static TlsKeys of(String protocol) {
        String block = protocol + ".tls.";
        ConfigKey<Integer> number = ConfigKey.integer(block + "port", 0, 0, 65_535, "");
        return new TlsKeys(
                new ConfigKey<>(
                        block + "port",
                        "",
                        "TCP port for TLS beside the plain one, 0 for a free one; empty: " + protocol
                                + ".port itself speaks TLS once there is a certificate.",
                        text -> text.isEmpty()
                                ? OptionalInt.empty()
                                : OptionalInt.of(number.parser().apply(text))),
                ConfigKey.text(
                        block + "certificate",
                        "",
                        "File with the certificate chain, PEM, or with chain and key, PKCS12 (.p12 or .pfx); empty: no"
                                + " TLS. The files are read again when they change."),
                ConfigKey.text(block + "key", "", "File with the private key, PEM in PKCS8 form; empty with PKCS12."),
                ConfigKey.text(
                        block + "password-file",
                        "",
                        "File with the password of the private key or of the PKCS12 files; empty: none."),
                ConfigKey.text(
                        block + "client-ca",
                        "",
                        "File with the certificates that those of clients must come from, PEM or PKCS12."),
                ConfigKey.choice(
                        block + "client-auth",
                        ClientAuth.class,
                        ClientAuth.NONE,
                        "Whether clients show a certificate: none, requested or required."));
    }

    public List<ConfigKey<?>> all() {
        return List.of(port, certificate, key, passwordFile, clientCa, clientAuth);
    }

    /** What no key can see alone, a sentence for each fault. */
    public List<String> faults(Settings settings) {
        List<String> faults = new ArrayList<>();
        if (settings.get(certificate).isEmpty()) {
            for (ConfigKey<?> other : List.of(port, key, passwordFile, clientCa, clientAuth)) {
                if (!settings.get(other).equals(other.parser().apply(other.defaultText()))) {
                    faults.add(other.name() + " has no effect without " + certificate.name() + "; set that too");
                }
            }
            return faults;
        }
        boolean pkcs12 = TlsFiles.isPkcs12(settings.get(certificate));
        if (!pkcs12 && settings.get(key).isEmpty()) {
            faults.add(certificate.name() + " is a PEM file, which needs " + key.name() + " too");
        }
        boolean asks = settings.get(clientAuth) != ClientAuth.NONE;
        if (asks == settings.get(clientCa).isEmpty()) {
            faults.add(
                    asks
                            ? clientAuth.name() + " needs " + clientCa.name()
                                    + ", or no client's certificate could be trusted"
                            : clientCa.name() + " has no effect while " + clientAuth.name()
                                    + " is none; set that to requested or required");
        }
        return faults;
    }

    /** Whether whoever connects has shown a certificate: only TLS is spoken, and it asks for one. */
    public boolean authenticates(Settings settings) {
        return !settings.get(certificate).isEmpty()
                && settings.get(port).isEmpty()
                && settings.get(clientAuth) == ClientAuth.REQUIRED;
    }

    /**
     * The ports of a listener: one that speaks plainly or TLS, or one of each, the plain one first.
     *
     * @param address with the port of the protocol
     * @throws IOException if the files for TLS cannot be used; the message is a sentence for the user
     */
    public List<Listener.Port> ports(Settings settings, InetSocketAddress address, Scheduler scheduler)
            throws IOException {
        Optional<TlsFiles> files = files(settings);
        if (files.isEmpty()) {
            return List.of(Listener.Port.plain(address));
        }
        Optional<Tls> tls = Optional.of(Tls.open(files.get(), scheduler));
        OptionalInt beside = settings.get(port);
        if (beside.isEmpty()) {
            return List.of(new Listener.Port(address, tls));
        }
        InetSocketAddress secure = new InetSocketAddress(address.getAddress(), beside.getAsInt());
        return List.of(Listener.Port.plain(address), new Listener.Port(secure, tls));
    }

    private Optional<TlsFiles> files(Settings settings) {
        return path(settings, certificate)
                .map(chain -> new TlsFiles(
                        chain,
                        path(settings, key),
                        path(settings, passwordFile),
                        path(settings, clientCa),
                        settings.get(clientAuth)));
    }

    private static Optional<Path> path(Settings settings, ConfigKey<String> key) {
        String text = settings.get(key);
        return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text));
    }
}
