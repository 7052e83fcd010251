// A small chart of the last minutes: lines over time, from zero on.
import type { JSX } from 'preact';

export interface Line {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

/** The time that the whole width is, in ms. */
export const SPAN = 5 * 60_000;

interface Props {
  title: string;
  lines: readonly Line[];
  /** How a value is written. */
  show: (value: number) => string;
  /** The highest value that there can be; otherwise that of the lines. */
  most?: number;
  /** When the values were taken, in ms; the last one is at the right. */
  times: readonly number[];
}

const WIDTH = 300;
const HEIGHT = 72;

/** The next number that reads well: 1, 2 or 5 times a power of ten. */
function rounded(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= value) ?? value;
}

/** A point to draw. */
type Point = readonly [x: number, y: number];

function points(values: readonly (number | null)[], times: readonly number[], top: number): Point[] {
  const end = times.at(-1) ?? 0;
  return values.flatMap((value, index): Point[] => {
    const x = WIDTH - ((end - (times[index] ?? 0)) / SPAN) * WIDTH;
    return value === null || x < 0 ? [] : [[x, HEIGHT - (Math.min(value, top) / top) * HEIGHT]];
  });
}

function path(all: readonly Point[]): string {
  return all.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
}

/** The area below a line. */
function area(all: readonly Point[]): string {
  const first = all[0];
  const last = all.at(-1);
  return first && last ? `${path(all)}V${HEIGHT}H${first[0].toFixed(1)}Z` : '';
}

export function Chart({ title, lines, show, most, times }: Props): JSX.Element {
  const all = lines.flatMap(({ values }) => values.filter((value) => value !== null));
  const top = most ?? rounded(Math.max(1, ...all));
  const latest = lines.map(({ name, values }) => ({ name, value: values.findLast((value) => value !== null) ?? null }));
  const said = latest.map(({ name, value }) => `${name} ${value === null ? 'not known' : show(value)}`).join(', ');
  return (
    <figure class="chart">
      <figcaption>
        <span>{title}</span>
        <span class="legend">
          {latest.map(({ name, value }, index) => (
            <span key={name} class={`line-${index}`}>
              {lines.length > 1 && <i />}
              {lines.length > 1 ? `${name} ` : ''}
              <b>{value === null ? '–' : show(value)}</b>
            </span>
          ))}
        </span>
      </figcaption>
      <div class="plot">
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={`${title}, now: ${said}`}>
          <path class="grid" d={`M0 ${HEIGHT / 2}H${WIDTH}`} />
          {lines.map(({ name, values }, index) => {
            const drawn = points(values, times, top);
            return (
              <g key={name} class={`line-${index}`}>
                {lines.length === 1 && <path class="area" d={area(drawn)} />}
                <path class="line" d={path(drawn)} />
              </g>
            );
          })}
        </svg>
        <span class="top" aria-hidden="true">
          {all.length > 0 ? show(top) : ''}
        </span>
        <span class="span" aria-hidden="true">
          {SPAN / 60_000} min
        </span>
      </div>
    </figure>
  );
}
