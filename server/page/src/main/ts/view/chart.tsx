// A small chart of the last minutes: lines over time, from zero on.
import type { JSX } from 'preact';

export interface Line {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

interface Props {
  title: string;
  lines: readonly Line[];
  /** How a value is written. */
  show: (value: number) => string;
  /** The highest value that there can be; otherwise that of the lines. */
  most?: number;
  /** How many points the whole width has. */
  points: number;
}

const WIDTH = 300;
const HEIGHT = 72;

/** The next number that reads well: 1, 2 or 5 times a power of ten. */
function rounded(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= value) ?? value;
}

function path(values: readonly (number | null)[], points: number, top: number): string {
  const step = WIDTH / (points - 1);
  const from = WIDTH - (values.length - 1) * step;
  let d = '';
  let isDown = false;
  values.forEach((value, index) => {
    if (value !== null) {
      const x = (from + index * step).toFixed(1);
      const y = (HEIGHT - (Math.min(value, top) / top) * HEIGHT).toFixed(1);
      d += `${isDown ? 'L' : 'M'}${x} ${y}`;
      isDown = true;
    }
  });
  return d;
}

export function Chart({ title, lines, show, most, points }: Props): JSX.Element {
  const all = lines.flatMap(({ values }) => values.filter((value) => value !== null));
  const top = most ?? rounded(Math.max(1e-9, ...all));
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
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={`${title}, now: ${said}`}>
        <path class="grid" d={`M0 ${HEIGHT / 2}H${WIDTH}`} />
        {lines.map(({ name, values }, index) => {
          const d = path(values, points, top);
          return (
            <g key={name} class={`line-${index}`}>
              {index === 0 && d && lines.length === 1 && <path class="area" d={`${d}V${HEIGHT}H${WIDTH - (values.length - 1) * (WIDTH / (points - 1))}Z`} />}
              <path class="line" d={d} />
            </g>
          );
        })}
      </svg>
      <span class="top" aria-hidden="true">
        {all.length > 0 ? show(top) : ''}
      </span>
      <span class="span" aria-hidden="true">
        {Math.round(points / 60)} min
      </span>
    </figure>
  );
}
