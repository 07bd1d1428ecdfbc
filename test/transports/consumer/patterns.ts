/** Patterns that all transports can carry: a NATS subject, an MQTT topic and a Kafka topic as well. */
export const PATTERNS = { out: 'bank.out', outUndo: 'bank.out.undo', in: 'bank.in', inUndo: 'bank.in.undo' } as const;
