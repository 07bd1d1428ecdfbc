import fc from 'fast-check';
import { SharedRing } from './shared-ring';

const BYTES = 64;

/** At most so many UTF-16 units as the ring may hold. */
const texts = fc.string({ unit: 'binary', maxLength: 8 }).map((text) => text.slice(0, 8));
/** A text to write, or the wish to read one. */
const steps = fc.array(fc.option(texts, { freq: 2 }), { maxLength: 60 });

function pair(bytes = BYTES): { writer: SharedRing; reader: SharedRing } {
  const writer = SharedRing.create(bytes);
  return { writer, reader: SharedRing.of(writer.memory) };
}

/** What UTF-8 makes of it: lone halves of characters become the replacement character. */
const wellFormed = (text: string): string => Buffer.from(text).toString();

describe('the ring between the threads', () => {
  test('brings every text that it takes, in order, however often it goes round', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const { writer, reader } = pair();
        const under: string[] = [];
        for (const text of list) {
          if (text === null) expect(reader.take()).toBe(under.shift());
          else if (writer.offer(text)) under.push(wellFormed(text));
          else expect(under).not.toEqual([]);
        }
        for (const text of under) expect(reader.take()).toBe(text);
        expect(reader.take()).toBeUndefined();
      }),
    );
  });

  test('always finds room for what it may hold once it has been emptied', () => {
    fc.assert(
      fc.property(steps, texts, (list, last) => {
        const { writer, reader } = pair();
        for (const text of list) if (text !== null) writer.offer(text);
        while (reader.take() !== undefined);
        expect(writer.mayHold(last)).toBe(true);
        expect(writer.offer(last)).toBe(true);
      }),
    );
  });

  test('says of a text that may never find room', () => {
    const { writer } = pair();
    expect(writer.mayHold('x'.repeat(BYTES))).toBe(false);
  });

  test('refuses what has no room, and takes it when something was read', () => {
    const { writer, reader } = pair();
    while (writer.offer('text'));
    expect(writer.offer('text')).toBe(false);
    while (reader.take() !== undefined);
    expect(writer.offer('text')).toBe(true);
    expect(reader.take()).toBe('text');
  });

  test('has its reader woken once, when it sleeps', () => {
    const { writer, reader } = pair();
    expect(writer.wake()).toBe(false);
    expect(reader.fallAsleep()).toBe(true);
    expect(writer.wake()).toBe(true);
    expect(writer.wake()).toBe(false);
  });

  test('does not let its reader sleep on a text, nor call it asleep when it is awake', () => {
    const { writer, reader } = pair();
    writer.offer('text');
    expect(reader.fallAsleep()).toBe(false);
    expect(writer.wake()).toBe(false);
    reader.take();
    expect(reader.fallAsleep()).toBe(true);
    reader.stayAwake();
    expect(writer.wake()).toBe(false);
  });
});
