import { describeTransport } from './transport-suite.spec-helper';

describeTransport('kafka');
