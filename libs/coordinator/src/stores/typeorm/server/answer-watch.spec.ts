import { AnswerWatch } from './answer-watch';

const LIMIT_MS = 1000;

describe('the time limit of a connection', () => {
  let watch: AnswerWatch;
  let late: string[];
  const ask = (name: string): number => watch.begin(() => late.push(name));

  beforeEach(() => {
    jest.useFakeTimers();
    watch = new AnswerWatch(LIMIT_MS);
    late = [];
  });

  afterEach(() => jest.useRealTimers());

  test('tells once that an answer is late', () => {
    ask('a');
    jest.advanceTimersByTime(LIMIT_MS - 1);
    expect(late).toEqual([]);
    jest.advanceTimersByTime(10 * LIMIT_MS);
    expect(late).toEqual(['a']);
  });

  test('says nothing about what was answered, however long ago, and needs no timer then', () => {
    watch.end(ask('a'));
    jest.advanceTimersByTime(3 * LIMIT_MS);
    expect(late).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('counts from when something was asked, with one timer for everything', () => {
    watch.end(ask('a'));
    jest.advanceTimersByTime(LIMIT_MS / 2);
    ask('b');
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(LIMIT_MS - 1);
    expect(late).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(late).toEqual(['b']);
  });

  test('does not take an answer for that to something asked later', () => {
    const first = ask('a');
    watch.end(first);
    ask('b');
    watch.end(first);
    jest.advanceTimersByTime(LIMIT_MS);
    expect(late).toEqual(['b']);
  });

  test('goes on after a late answer', () => {
    ask('a');
    jest.advanceTimersByTime(LIMIT_MS);
    ask('b');
    jest.advanceTimersByTime(LIMIT_MS);
    expect(late).toEqual(['a', 'b']);
  });
});
