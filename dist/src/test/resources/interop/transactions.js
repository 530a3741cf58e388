// Consumes, transforms and produces in transactions with kafkajs; some are aborted. Argument: host:port.
const { Kafka, logLevel } = require('kafkajs')

const kafka = new Kafka({ brokers: [process.argv[2]], logLevel: logLevel.NOTHING })

const read = async (groupId, readUncommitted, count) => {
  const consumer = kafka.consumer({ groupId, readUncommitted })
  await consumer.connect()
  await consumer.subscribe({ topic: 'js.out', fromBeginning: true })
  const values = []
  await new Promise(done => consumer.run({
    eachMessage: async ({ message }) => {
      values.push(message.value.toString())
      if (values.length === count) done()
    },
  }))
  await consumer.disconnect()
  return values
}

const transactional = async () => {
  const producer = kafka.producer({ transactionalId: 'js.transform', maxInFlightRequests: 1, idempotent: true })
  await producer.connect()
  return producer
}

const run = async () => {
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic: 'js.in' }, { topic: 'js.out' }] })
  const plain = kafka.producer()
  await plain.connect()
  await plain.send({ topic: 'js.in', messages: [...Array(100).keys()].map(i => ({ value: `${i}` })) })
  await plain.disconnect()

  const producer = await transactional()
  const groupId = 'js.transform'
  for (let from = 0; from < 100; from += 10) {
    for (const commits of [false, true]) {
      const transaction = await producer.transaction()
      const messages = [...Array(10).keys()].map(i => ({ value: `done ${from + i}` }))
      await transaction.send({ topic: 'js.out', messages })
      const partitions = [{ partition: 0, offset: `${from + 10}` }]
      await transaction.sendOffsets({ consumerGroupId: groupId, topics: [{ topic: 'js.in', partitions }] })
      await (commits ? transaction.commit() : transaction.abort())
    }
  }

  const heir = await transactional()
  await (await heir.transaction()).abort() // the id is its own now, and what went before is all written
  const offsets = await admin.fetchOffsets({ groupId, topics: ['js.in'] })
  let fenced = 'not fenced'
  try {
    const late = await producer.transaction()
    await late.send({ topic: 'js.out', messages: [{ value: 'too late' }] })
    await late.commit()
  } catch (refused) {
    fenced = refused.type || refused.message
  }
  await heir.disconnect()

  const committed = await read('js.committed', false, 100)
  const expected = [...Array(100).keys()].map(i => `done ${i}`)
  if (JSON.stringify(committed) !== JSON.stringify(expected)) throw new Error(`committed ${committed}`)
  const everything = await read('js.everything', true, 200)
  await admin.disconnect()
  console.log(`committed ${committed.length}, written ${everything.length}, position ${offsets[0].partitions[0].offset}, ${fenced}`)
  process.exit(0)
}

run().catch(failure => { console.error(failure); process.exit(1) })
