import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RequestMethod, type Type } from '@nestjs/common';
import { CoordinatorCoreModule } from '../coordinator-core.module';
import { MemoryStore } from '../stores/memory/memory-store';

/** Where the framework keeps what the decorators of controllers say. */
const [PATH, METHOD] = ['path', 'method'];
const PAGE = join(__dirname, '../../../../docs/http-api.md');

const metadata = <T>(key: string, target: object): T => Reflect.getMetadata(key, target) as T;

/** `['a', 'b']` and `'a'` alike. */
const each = (paths: string | readonly string[]): readonly string[] => (typeof paths === 'string' ? [paths] : paths);

/** Parameters are written in capitals on the page. */
const asDocumented = (path: string): string =>
  `/${path}`
    .replace(/\/+/g, '/')
    .replace(/\/$/, '')
    .replace(/:(\w+)/g, (_, name: string) => name.toUpperCase());

function routesOf(controller: Type): string[] {
  const handlers = Object.values(Object.getOwnPropertyDescriptors(controller.prototype as object)).map(
    ({ value }) => value as object,
  );
  return handlers
    .filter((handler) => Reflect.hasMetadata(METHOD, handler))
    .flatMap((handler) => {
      const method = metadata<RequestMethod>(METHOD, handler);
      const verb = method === RequestMethod.ALL ? 'ANY' : RequestMethod[method];
      return each(metadata(PATH, controller)).flatMap((prefix) =>
        each(metadata(PATH, handler)).map((path) => `${verb} ${asDocumented(`${prefix}/${path}`)}`),
      );
    });
}

describe('docs/http-api.md', () => {
  const { controllers = [] } = CoordinatorCoreModule.register(new MemoryStore(), {
    http: { host: '127.0.0.1', port: 0 },
    store: { driver: 'memory' },
  });
  const served = controllers.flatMap(routesOf);
  const rows = readFileSync(PAGE, 'utf8').matchAll(/^\| `((?:GET|POST|PUT|DELETE|ANY) \/api\/[^`?]+)` +\|/gm);
  const documented = [...rows].map(([, request]) => request!);

  test('names every route that there is, and no other', () => {
    expect(documented.toSorted()).toEqual(served.toSorted());
  });

  test('would notice one that is missing', () => {
    expect(served).toContain('POST /api/dtmsvr/registerXaBranch');
    expect(served).toContain('DELETE /api/v2/services/SERVICE/INSTANCE');
    expect(served).toContain('ANY /api/ping');
    expect(new Set(served).size).toBe(served.length);
  });
});
