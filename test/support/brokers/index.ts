import type { Cleanup } from '../cleanup';
import type { BrokerKind, BrokerName } from './broker-kind';
import { KAFKA } from './kafka';
import { PrivateBroker } from './private-broker';
import { RABBITMQ } from './rabbitmq';
import { MOSQUITTO, NATS, REDIS } from './small-brokers';

export type { BrokerName } from './broker-kind';
export type { PrivateBroker } from './private-broker';

/** All message brokers that tests run on; a further one is one more entry. */
const BROKER_KINDS: Readonly<Record<BrokerName, BrokerKind>> = {
  redis: REDIS,
  nats: NATS,
  rabbitmq: RABBITMQ,
  mosquitto: MOSQUITTO,
  kafka: KAFKA,
};

/** @returns what keeps tests from starting a broker of their own, and the command that mends it; `undefined` when nothing does */
export function missingBroker(name: BrokerName): string | undefined {
  return BROKER_KINDS[name].missing();
}

/** Starts a broker of the test's own. */
export function startBroker(cleanup: Cleanup, name: BrokerName): Promise<PrivateBroker> {
  return PrivateBroker.create(cleanup, BROKER_KINDS[name]);
}
