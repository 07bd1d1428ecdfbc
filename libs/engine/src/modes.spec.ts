import { TRANS_TYPES } from '@nestjs-dtx/protocol';
import { modeOf } from './modes';

describe('modeOf', () => {
  it('finds the saga', () => expect(modeOf('saga')?.transType).toBe('saga'));

  it('finds a mode under its own name only', () => {
    for (const transType of TRANS_TYPES) expect([undefined, transType]).toContain(modeOf(transType)?.transType);
  });
});
