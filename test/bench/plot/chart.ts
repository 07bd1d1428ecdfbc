import { label, linearAxis, logarithmicAxis, type Axis } from './axis';

/** One line of a chart: a value for each place on the horizontal axis, `undefined` where there is none. */
export interface Series {
  readonly name: string;
  readonly values: readonly (number | undefined)[];
}

/** A chart of lines over a few measured places, which stand at equal distances. */
export interface Chart {
  readonly title: string;
  /** What it was measured on, and how. */
  readonly subtitle: string;
  readonly across: { readonly name: string; readonly places: readonly number[] };
  readonly upward: { readonly name: string; readonly scale: 'linear' | 'logarithmic' };
  readonly series: readonly Series[];
}

const [WIDTH, HEIGHT] = [760, 430];
const FRAME = { left: 76, right: 640, top: 66, bottom: 372 };
/** Told apart by people who see few colours too (Okabe and Ito), and by the marks. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#555555', '#cc79a7', '#e69f00'];
const GREY = '#d9d9d9';
const INK = '#222222';

/** @returns an SVG document. White by itself, so that it can be read on a dark page. */
export function lineChart(chart: Chart): string {
  const values = chart.series.flatMap((series) => series.values.filter((value) => value !== undefined));
  const axis = chart.upward.scale === 'linear' ? linearAxis(values) : logarithmicAxis(values);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" font-family="Helvetica, Arial, sans-serif" font-size="12">`,
    `<title>${escaped(chart.title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(chart.title, { x: 16, y: 26, more: 'font-size="17" font-weight="bold"' }),
    text(chart.subtitle, { x: 16, y: 46, more: 'font-size="11" fill-opacity="0.75"' }),
    ...grid(axis),
    ...places(chart.across),
    text(chart.upward.name, { x: 18, y: middle(FRAME.top, FRAME.bottom), more: upright() }),
    ...chart.series.flatMap((series, index) => line(series, { index, axis, count: chart.across.places.length })),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

function grid(axis: Axis): string[] {
  return axis.ticks.flatMap((tick, index) => {
    const y = height(tick, axis);
    return [
      `<line x1="${FRAME.left}" y1="${y}" x2="${FRAME.right}" y2="${y}" stroke="${index === 0 ? INK : GREY}"/>`,
      text(label(tick), { x: FRAME.left - 8, y: y + 4, more: 'text-anchor="end"' }),
    ];
  });
}

function places({ name, places: values }: Chart['across']): string[] {
  const marks = values.map((value, index) =>
    text(label(value), { x: place(index, values.length), y: FRAME.bottom + 20, more: 'text-anchor="middle"' }),
  );
  const x = middle(FRAME.left, FRAME.right);
  return [...marks, text(name, { x, y: FRAME.bottom + 44, more: 'text-anchor="middle"' })];
}

interface Drawing {
  readonly index: number;
  readonly axis: Axis;
  readonly count: number;
}

function line({ name, values }: Series, { index, axis, count }: Drawing): string[] {
  const colour = COLOURS[index % COLOURS.length]!;
  const points = values.flatMap((value, position) =>
    value === undefined ? [] : [{ x: place(position, count), y: height(value, axis), value }],
  );
  const y = FRAME.top + 10 + index * 22;
  return [
    `<polyline points="${points.map((point) => `${point.x},${point.y}`).join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...points.map((point) => mark(index, { ...point, colour, told: `${name}: ${label(point.value)}` })),
    mark(index, { x: FRAME.right + 24, y, colour, told: name }),
    text(name, { x: FRAME.right + 36, y: y + 4, more: '' }),
  ];
}

interface Mark {
  readonly x: number;
  readonly y: number;
  readonly colour: string;
  /** Shown by browsers where the pointer rests. */
  readonly told: string;
}

function mark(index: number, { x, y, colour, told }: Mark): string {
  const size = 4;
  const shapes = [
    `M${x - size},${y}a${size},${size} 0 1,0 ${2 * size},0a${size},${size} 0 1,0 ${-2 * size},0Z`,
    `M${x - size},${y - size}h${2 * size}v${2 * size}h${-2 * size}Z`,
    `M${x},${round(y - 1.3 * size)}L${round(x + 1.2 * size)},${y + size}H${round(x - 1.2 * size)}Z`,
    `M${x},${round(y - 1.4 * size)}L${round(x + 1.4 * size)},${y}L${x},${round(y + 1.4 * size)}L${round(x - 1.4 * size)},${y}Z`,
  ];
  return `<path d="${shapes[index % shapes.length]}" fill="${colour}"><title>${escaped(told)}</title></path>`;
}

function text(
  content: string,
  { x, y, more }: { readonly x: number; readonly y: number; readonly more: string },
): string {
  return `<text x="${x}" y="${y}" fill="${INK}" ${more}>${escaped(content)}</text>`;
}

function upright(): string {
  return `text-anchor="middle" transform="rotate(-90 18 ${middle(FRAME.top, FRAME.bottom)})"`;
}

function place(index: number, count: number): number {
  const margin = 24;
  const [from, to] = [FRAME.left + margin, FRAME.right - margin];
  return count === 1 ? middle(from, to) : round(from + ((to - from) * index) / (count - 1));
}

function height(value: number, axis: Axis): number {
  return round(FRAME.bottom - (FRAME.bottom - FRAME.top) * axis.share(value));
}

function middle(from: number, to: number): number {
  return round((from + to) / 2);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
