package io.polylog.amqp;

import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;

/** Performatives with no more in them than they need. */
final class Performatives {

    private Performatives() {}

    static Attach attach(String name, int handle) {
        Attach attach = new Attach();
        attach.setName(name);
        attach.setHandle(UnsignedInteger.valueOf(handle));
        attach.setRole(Role.SENDER);
        attach.setSource(new Source());
        attach.setTarget(new Target());
        attach.setInitialDeliveryCount(UnsignedInteger.ZERO);
        return attach;
    }

    static Flow flow(int handle) {
        Flow flow = new Flow();
        flow.setIncomingWindow(UnsignedInteger.ONE);
        flow.setNextOutgoingId(UnsignedInteger.ZERO);
        flow.setOutgoingWindow(UnsignedInteger.ONE);
        flow.setHandle(UnsignedInteger.valueOf(handle));
        return flow;
    }

    static Detach detach(int handle) {
        Detach detach = new Detach();
        detach.setHandle(UnsignedInteger.valueOf(handle));
        return detach;
    }

    static Disposition disposition() {
        Disposition disposition = new Disposition();
        disposition.setRole(Role.RECEIVER);
        disposition.setFirst(UnsignedInteger.ZERO);
        return disposition;
    }

    /** The first frame of a delivery that has more. */
    static Transfer part() {
        Transfer part = new Transfer();
        part.setHandle(UnsignedInteger.ZERO);
        part.setDeliveryId(UnsignedInteger.ZERO);
        part.setDeliveryTag(new Binary(new byte[] {0}));
        part.setMore(true);
        return part;
    }
}
