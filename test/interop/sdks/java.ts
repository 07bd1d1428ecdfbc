import { delimiter, join } from 'node:path';
import type { Sdk } from './sdk';

export const JAVA: Sdk = {
  name: 'java',
  language: 'Java',
  packageName: 'io.github.dtm-labs:dtmcli-java',
  version: '2.1.5',
  modes: { http: ['saga', 'tcc'] },
  tools: [
    { program: 'javac', args: ['-version'], version: /(\d+(\.\d+)*)/, atLeast: '17' },
    { program: 'mvn', args: ['-version'], version: /Maven (\d+(\.\d+)+)/, atLeast: '3.6' },
  ],
  fetch: [{ program: 'mvn', args: ['-q', '-B', 'dependency:copy-dependencies'] }],
  build: [{ program: 'mvn', args: ['-q', '-B', 'compile'] }],
  env: {},
  run: (folder) => {
    const path = [join(folder, 'target/classes'), join(folder, 'target/dependency/*')].join(delimiter);
    return { program: 'java', args: ['-Xmx256m', '-cp', path, 'Main'] };
  },
};
