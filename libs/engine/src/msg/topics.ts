import type { TransactionRequest } from '@nestjs-dtx/protocol';

const TOPIC_SCHEME = 'topic://';

/** @returns the name of the topic that the action addresses, `undefined` for an ordinary URL (spec 5.4). */
export function topicOf(action: string): string | undefined {
  return action.startsWith(TOPIC_SCHEME) ? action.slice(TOPIC_SCHEME.length) : undefined;
}

/** @returns the topics that a request addresses, each once. */
export function topicsOf({ steps }: Pick<TransactionRequest, 'steps'>): readonly string[] {
  const topics = new Set<string>();
  for (const { action } of steps) {
    const topic = topicOf(action);
    if (topic !== undefined) topics.add(topic);
  }
  return [...topics];
}
