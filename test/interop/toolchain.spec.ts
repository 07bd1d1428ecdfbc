import { isAtLeast, missingTool } from './toolchain';

describe('a tool', () => {
  test.each([
    ['1.22', '1.22', true],
    ['1.26.8', '1.22', true],
    ['1.9', '1.22', false],
    ['2', '1.22', true],
    ['1', '1.22', false],
    ['17.0.15', '17', true],
    ['11.0.2', '17', false],
  ])('%s is at least %s: %s', (version, other, expected) => {
    expect(isAtLeast(version, other)).toBe(expected);
  });

  const node = { program: process.execPath, args: ['--version'], version: /v(\d+(\.\d+)+)/ };

  test('of a good version is not missing', async () => {
    await expect(missingTool([{ ...node, atLeast: '20.0' }])).resolves.toBeUndefined();
  });

  test('that is too old is named with the version that is wanted', async () => {
    await expect(missingTool([{ ...node, atLeast: '999.1' }])).resolves.toMatch(
      / 999\.1 or later is wanted .* it is \d+/,
    );
  });

  test('that is not there is named', async () => {
    const absent = { program: 'no-such-tool-of-ours', args: [], version: /(.)/, atLeast: '1' };
    await expect(missingTool([absent])).resolves.toMatch(/^no-such-tool-of-ours 1 or later is wanted/);
  });
});
