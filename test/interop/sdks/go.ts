import { join } from 'node:path';
import type { Sdk } from './sdk';

const MODES = ['saga', 'tcc', 'msg', 'xa', 'workflow'] as const;

export const GO: Sdk = {
  name: 'go',
  language: 'Go',
  packageName: 'github.com/dtm-labs/dtm',
  version: 'v1.19.0',
  modes: { http: MODES, grpc: MODES },
  tools: [{ program: 'go', args: ['version'], version: /go(\d+(\.\d+)+)/, atLeast: '1.22' }],
  fetch: [{ program: 'go', args: ['mod', 'download'] }],
  build: [{ program: 'go', args: ['build', '-o', 'bank', '.'] }],
  env: { GOFLAGS: '-mod=mod -buildvcs=false', GOTOOLCHAIN: 'local' },
  run: (folder) => ({ program: join(folder, 'bank'), args: [] }),
};
