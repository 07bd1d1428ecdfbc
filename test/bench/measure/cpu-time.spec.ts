import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpuTimeOfTreeUs, cpuTimeUs } from './cpu-time';

/** What each process of the tests uses the processor for. Microseconds. */
const BUSY_US = 250_000;
/** The kernel counts in hundredths of a second, and rounds each of its counts down. */
const ROUNDED_US = 20_000;
const BUSY = `const end = process.cpuUsage().user + ${BUSY_US}; while (process.cpuUsage().user < end);`;
/** Ends with whoever holds the other end of its standard input. */
const STAY = `console.log('busy no more'); process.stdin.resume().on('end', () => process.exit());`;

describe('processor time', () => {
  it('grows with what a process does', () => {
    const before = cpuTimeUs(process.pid)!;
    const end = process.cpuUsage().user + BUSY_US;
    while (process.cpuUsage().user < end);
    expect(cpuTimeUs(process.pid)! - before).toBeGreaterThanOrEqual(BUSY_US - ROUNDED_US);
  });

  it('of a tree holds that of its children, of those too that have ended', async () => {
    const parent = `const { execFileSync, spawn } = require('node:child_process');
      execFileSync(process.execPath, ['-e', ${JSON.stringify(BUSY)}]);
      spawn(process.execPath, ['-e', ${JSON.stringify(BUSY + STAY)}], { stdio: 'inherit' });
      process.stdin.resume().on('end', () => process.exit());`;
    const child = spawn(process.execPath, ['-e', parent], { stdio: ['pipe', 'pipe', 'inherit'] });
    const closed = once(child, 'close');
    try {
      await once(child.stdout, 'data');
      expect(cpuTimeOfTreeUs(child.pid!)).toBeGreaterThanOrEqual(2 * (BUSY_US - ROUNDED_US));
      expect(cpuTimeUs(child.pid!)).toBeLessThan(BUSY_US);
    } finally {
      child.stdin.end();
      await closed;
    }
  });

  it('is unknown of a process that is gone', () => {
    const pid = Number(execFileSync(process.execPath, ['-p', 'process.pid']).toString());
    expect(cpuTimeUs(pid)).toBeUndefined();
    expect(cpuTimeOfTreeUs(pid)).toBeUndefined();
  });
});
