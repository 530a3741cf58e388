// Produces, consumes in a group and administers with kafkajs. Argument: host:port.
const { Kafka, ConfigResourceTypes, logLevel } = require('kafkajs')

const run = async () => {
  const kafka = new Kafka({ brokers: [process.argv[2]], logLevel: logLevel.ERROR })
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic: 'js', numPartitions: 2 }] })
  await admin.alterConfigs({
    resources: [{ type: ConfigResourceTypes.TOPIC, name: 'js', configEntries: [{ name: 'retention.ms', value: '86400001' }] }],
  })
  const described = await admin.describeConfigs({
    resources: [{ type: ConfigResourceTypes.TOPIC, name: 'js', configNames: ['retention.ms'] }],
  })
  const producer = kafka.producer()
  await producer.connect()
  const messages = [...Array(100).keys()].map(i => ({ key: `k${i}`, value: `v${i}` }))
  await producer.send({ topic: 'js', acks: -1, messages })
  await producer.disconnect()
  const consumer = kafka.consumer({ groupId: 'js' })
  await consumer.connect()
  await consumer.subscribe({ topic: 'js', fromBeginning: true })
  const seen = new Set()
  await new Promise(done => consumer.run({
    eachMessage: async ({ message }) => {
      seen.add(message.value.toString())
      if (seen.size === 100) done()
    },
  }))
  await consumer.disconnect() // commits
  const offsets = await admin.fetchOffsets({ groupId: 'js', topics: ['js'] })
  const position = offsets[0].partitions.reduce((sum, partition) => sum + Number(partition.offset), 0)
  await admin.disconnect()
  console.log(`retention ${described.resources[0].configEntries[0].configValue}, read ${seen.size}, position ${position}`)
}

run().catch(failure => { console.error(failure); process.exit(1) })
