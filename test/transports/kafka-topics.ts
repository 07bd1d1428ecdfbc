import { Kafka, logLevel } from 'kafkajs';

/** Makes the topics of a consumer, as their operator would: it is not there for those that do not exist. */
export async function createTopics(port: number, patterns: readonly string[]): Promise<void> {
  const admin = new Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const topics = patterns.flatMap((pattern) => [{ topic: pattern }, { topic: `${pattern}.reply` }]);
    await admin.createTopics({ topics, waitForLeaders: true });
  } finally {
    await admin.disconnect();
  }
}
