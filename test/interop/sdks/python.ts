import { join } from 'node:path';
import type { Sdk } from './sdk';

export const PYTHON: Sdk = {
  name: 'python',
  language: 'Python',
  packageName: 'dtmcli',
  version: '1.7.7.0',
  modes: { http: ['saga', 'tcc', 'msg'] },
  tools: [
    { program: 'python3', args: ['--version'], version: /(\d+(\.\d+)+)/, atLeast: '3.9' },
    // Debian has these in a package of their own, python3-venv.
    {
      program: 'python3',
      args: ['-c', 'import ensurepip; print(ensurepip.version())'],
      version: /(\d+)/,
      atLeast: '1',
    },
  ],
  fetch: [
    { program: 'python3', args: ['-m', 'venv', 'environment'] },
    { program: 'environment/bin/pip', args: ['install', '--quiet', '-r', 'requirements.txt'] },
  ],
  build: [],
  env: {},
  run: (folder) => ({ program: join(folder, 'environment/bin/python'), args: [join(folder, 'bank.py')] }),
};
