import { Kafka, logLevel } from 'kafkajs';
import { PATTERNS } from './consumer/patterns';

/** Makes the topics of the consumer, as their operator would: it is not there for those that do not exist. */
export async function createTopics(port: number): Promise<void> {
  const admin = new Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const topics = Object.values(PATTERNS).flatMap((pattern) => [{ topic: pattern }, { topic: `${pattern}.reply` }]);
    await admin.createTopics({ topics, waitForLeaders: true });
  } finally {
    await admin.disconnect();
  }
}
