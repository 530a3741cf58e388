"""Produces, consumes in a group and administers with the two Kafka clients of Python. Arguments: host:port, client."""

import sys


def with_kafka_python(server):
    from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
    from kafka.admin import NewTopic

    KafkaAdminClient(bootstrap_servers=server).create_topics([NewTopic("python", 2, 1)])
    producer = KafkaProducer(bootstrap_servers=server, acks="all", compression_type="gzip")
    for i in range(100):
        producer.send("python", key=b"k%d" % i, value=b"v%d" % i).get(30)
    consumer = KafkaConsumer(
        "python",
        bootstrap_servers=server,
        group_id="python",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        consumer_timeout_ms=20000,
    )
    seen = set()
    for record in consumer:
        seen.add(record.value)
        if len(seen) == 100:
            break
    consumer.commit()
    positions = [consumer.position(partition) for partition in consumer.assignment()]
    consumer.close()
    return len(seen), sum(positions)


def with_confluent_kafka(server):
    from confluent_kafka import Consumer, Producer, TopicPartition
    from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic

    admin = AdminClient({"bootstrap.servers": server})
    admin.create_topics([NewTopic("confluent", 2, 1)])["confluent"].result(30)
    described = admin.describe_configs([ConfigResource("topic", "confluent")])
    assert any("retention.ms" in one.result(30) for one in described.values())
    producer = Producer({"bootstrap.servers": server, "enable.idempotence": True, "compression.type": "zstd"})
    for i in range(100):
        producer.produce("confluent", key="k%d" % i, value="v%d" % i)
    producer.flush(30)
    consumer = Consumer({"bootstrap.servers": server, "group.id": "confluent", "auto.offset.reset": "earliest"})
    consumer.subscribe(["confluent"])
    seen = set()
    while len(seen) < 100:
        message = consumer.poll(20)
        if message is None:
            break
        assert message.error() is None, message.error()
        seen.add(message.value())
    consumer.commit(asynchronous=False)
    committed = consumer.committed([TopicPartition("confluent", partition) for partition in (0, 1)], 30)
    consumer.close()
    return len(seen), sum(partition.offset for partition in committed)


clients = {"kafka-python": with_kafka_python, "confluent-kafka": with_confluent_kafka}
print("read %d, position %d" % clients[sys.argv[2]](sys.argv[1]))
