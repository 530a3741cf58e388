package io.polylog.net;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.polylog.time.Scheduler;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TLS of one port: its certificate and what it asks of clients. The files are looked at every {@link
 * #LOOK_INTERVAL_MS}; when they have changed and can be used, new connections get what they say now, and old ones keep
 * what they have. Files that cannot be used are said so in the log, once, and change nothing.
 *
 * <p>Any thread. The costly steps of handshakes, and the looking, run on threads of its own, which end when idle.
 */
public final class Tls implements AutoCloseable {

    /** How often the files are looked at. */
    static final int LOOK_INTERVAL_MS = 5_000;

    /** A peer that has not finished its handshake by then is closed. */
    static final int HANDSHAKE_TIMEOUT_MS = 10_000;

    private static final Logger log = LoggerFactory.getLogger(Tls.class);

    static {
        // Read once by the JDK, at the first handshake. Nothing here needs a second one on a connection, and with TLS
        // 1.2
        // a client could ask for them without end.
        System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
    }

    private final TlsFiles files;
    private final Scheduler scheduler;
    private final ExecutorService workers;
    private volatile SslContext current;
    private byte[] seen; // owned by whoever looks, one after the other
    private volatile boolean closed;

    private Tls(TlsFiles files, Scheduler scheduler, byte[] seen, SslContext current) {
        this.files = files;
        this.scheduler = scheduler;
        this.seen = seen;
        this.current = current;
        // A connection has one step of a handshake in the queue at most, so the limit of connections bounds it.
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(2, 2, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "polylog-tls");
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        this.workers = pool;
    }

    /**
     * @throws IOException if the files cannot be used; the message is a sentence for the user
     */
    public static Tls open(TlsFiles files, Scheduler scheduler) throws IOException {
        Tls tls = new Tls(files, scheduler, files.digest(), files.read());
        tls.lookLater();
        return tls;
    }

    private void lookLater() {
        scheduler.after(LOOK_INTERVAL_MS, () -> {
            if (!closed) {
                workers.execute(() -> {
                    look();
                    lookLater();
                });
            }
        });
    }

    /** Takes up changed files. One thread at a time. */
    void look() {
        try {
            byte[] digest = files.digest();
            if (Arrays.equals(digest, seen)) {
                return;
            }
            seen = digest; // also if they cannot be used: once is enough to say so
            current = files.read();
            log.atInfo().addKeyValue("certificate", files.certificate()).log("certificate taken up");
        } catch (IOException | RuntimeException unusable) {
            log.atWarn()
                    .addKeyValue("certificate", files.certificate())
                    .addKeyValue("reason", unusable.getMessage())
                    .log("changed certificate cannot be used: the one before stays in use");
        }
    }

    SslHandler newHandler(Channel channel) {
        SslHandler handler = new TlsHandler(current.newEngine(channel.alloc()), workers);
        handler.setHandshakeTimeoutMillis(HANDSHAKE_TIMEOUT_MS);
        return handler;
    }

    @Override
    public void close() {
        closed = true;
        workers.shutdown();
    }
}
