"""Consumes, transforms and produces in transactions with librdkafka; some are aborted. Argument: host:port."""

import sys

from confluent_kafka import Consumer, KafkaException, Producer
from confluent_kafka.admin import AdminClient, NewTopic

server = {"bootstrap.servers": sys.argv[1]}


def consumer(group, topic, isolation="read_committed"):
    made = Consumer(
        {
            **server,
            "group.id": group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "isolation.level": isolation,
        }
    )
    made.subscribe([topic])
    return made


def read(source, count):
    values = []
    while len(values) < count:
        message = source.poll(20)
        assert message is not None, "nothing came after %d of %d" % (len(values), count)
        assert message.error() is None, message.error()
        values.append(message.value())
    return values


def transactional(name):
    made = Producer({**server, "transactional.id": name, "compression.type": "lz4"})
    made.init_transactions(30)
    return made


admin = AdminClient(server)
for future in admin.create_topics([NewTopic("in", 1, 1), NewTopic("out", 1, 1)]).values():
    future.result(30)
plain = Producer(server)
for i in range(100):
    plain.produce("in", value="%d" % i)
plain.flush(30)

source = consumer("transform", "in")
producer = transactional("transform")
for attempt in range(20):
    producer.begin_transaction()
    values = read(source, 10)
    for value in values:
        producer.produce("out", value=b"done " + value)
    positions = source.position(source.assignment())
    producer.send_offsets_to_transaction(positions, source.consumer_group_metadata(), 30)
    if attempt % 2 == 0:
        producer.flush(30)
        producer.abort_transaction(30)
        for position in positions:
            position.offset -= 10
            source.seek(position)
    else:
        producer.commit_transaction(30)
source.close()

heir = transactional("transform")
try:
    producer.begin_transaction()
    producer.produce("out", value="too late")
    producer.commit_transaction(30)
    fenced = "not fenced"
except KafkaException as refused:
    fenced = "fenced" if refused.args[0].fatal() else str(refused)
heir.begin_transaction()
heir.produce("out", value="last")
heir.commit_transaction(30)

committed = read(consumer("committed", "out"), 101)
assert committed == [b"done %d" % i for i in range(100)] + [b"last"], committed
everything = read(consumer("everything", "out", "read_uncommitted"), 201)
print("committed %d, written %d, %s" % (len(committed), len(everything), fenced))
