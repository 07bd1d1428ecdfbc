import { ModeSimulation } from '../mode-simulation.spec-helper';
import type { SagaScenario } from './saga-scenario.spec-helper';
import { sagaMode } from './saga.mode';

/** A saga that is submitted, and that nobody interferes with from then on. */
export class SagaSimulation extends ModeSimulation {
  constructor({ request, tape }: SagaScenario) {
    super({ mode: sagaMode, begin: { kind: 'submit', request }, tape });
  }
}
