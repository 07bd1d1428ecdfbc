import { lineChart, type Chart } from './chart';

const CHART: Chart = {
  title: 'Speed & <load>',
  subtitle: 'measured once',
  across: { name: 'sagas under way', places: [1, 16, 256] },
  upward: { name: 'sagas a second', scale: 'linear' },
  series: [
    { name: 'one', values: [100, 500, 1000] },
    { name: 'other', values: [50, undefined, 200] },
  ],
};

const pointsOf = (svg: string): string[] =>
  [...svg.matchAll(/<polyline points="([^"]*)"/g)].map(([, points]) => points!);

describe('a chart of lines', () => {
  it('has a line for each series through all that was measured, from the frame’s lower left to its upper right', () => {
    expect(pointsOf(lineChart(CHART))).toEqual(['100,341.4 358,219 616,66', '100,356.7 616,310.8']);
  });

  it('names axes, places and series, and has every value where the pointer rests', () => {
    const svg = lineChart(CHART);
    const texts = [...svg.matchAll(/<text [^>]*>([^<]*)</g)].map(([, text]) => text);
    expect(texts).toEqual(
      expect.arrayContaining(['sagas under way', 'sagas a second', '1', '16', '256', '0', '1,000', 'one', 'other']),
    );
    const told = [...svg.matchAll(/<path [^>]*><title>([^<]*)</g)].map(([, text]) => text);
    expect(told).toEqual(['one: 100', 'one: 500', 'one: 1,000', 'one', 'other: 50', 'other: 200', 'other']);
  });

  it('can have an axis of equal factors', () => {
    const svg = lineChart({ ...CHART, upward: { name: 'ms', scale: 'logarithmic' } });
    // 50, 100, 200 and 500 to 1000 are the marks; equal factors are equally far apart.
    expect(pointsOf(svg)).toEqual(['100,301.2 358,136.8 616,66', '100,372 616,230.4']);
  });

  it('escapes what would be markup', () => {
    expect(lineChart(CHART)).toContain('<title>Speed &amp; &lt;load&gt;</title>');
  });

  it('puts a single place in the middle, and stands values of nothing', () => {
    const single = { ...CHART, across: { name: 'x', places: [5] }, series: [{ name: 'one', values: [3] }] };
    expect(pointsOf(lineChart(single))).toEqual(['358,66']);
    expect(pointsOf(lineChart({ ...CHART, series: [] }))).toEqual([]);
  });
});
