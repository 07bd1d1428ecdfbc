import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CoordinatorConfig } from './coordinator.config';
import { loadConfig } from './load-config';

/** A folder for configuration files, one at a time. */
export class ConfigFolder {
  private readonly path = mkdtempSync(join(tmpdir(), 'dtx-config-'));

  /** Writes a file. @returns its path */
  write(yaml: string): string {
    const path = join(this.path, 'coordinator.yml');
    writeFileSync(path, yaml);
    return path;
  }

  /** Loads an environment, and a file of this content if there is to be one. */
  readonly load = (environment: Record<string, string>, yaml?: string): CoordinatorConfig =>
    loadConfig(environment, yaml === undefined ? [] : ['node', 'main.js', '-c', this.write(yaml)]);

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}
