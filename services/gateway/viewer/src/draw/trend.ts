/** A line's round trips over time: median, the band up to p95, loss from below, and where it was unlike itself. */
import { colours } from "./colours";

/** A hole of so long is drawn as one. */
const HOLE_MS = 3_500;
const MARGIN_PX = 3;
/** Total loss is so much of the height. */
const LOSS_SHARE = 0.35;

export interface TrendDot {
  readonly timeMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly loss: number;
}

export interface Span {
  readonly startMs: number;
  readonly endMs: number | undefined;
}

export interface Sight {
  readonly endMs: number;
  readonly spanMs: number;
}

/** Top of the scale, ms: the next of 1, 2, 5 times a power of ten, so that it does not breathe. */
export function topOf(points: readonly TrendDot[]): number {
  const most = points.reduce((top, { p95Ms }) => Math.max(top, p95Ms), 0);
  if (!(most > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return ([1, 2, 5, 10].find((step) => step * power >= most) ?? 10) * power;
}

/** Stretches of answered seconds without a hole. */
export function runsOf(points: readonly TrendDot[]): TrendDot[][] {
  const runs: TrendDot[][] = [];
  let last: TrendDot | undefined;
  for (const point of points) {
    const goesOn = last && last.p50Ms > 0 && point.timeMs - last.timeMs <= HOLE_MS;
    if (point.p50Ms > 0) {
      if (goesOn) runs.at(-1)?.push(point);
      else runs.push([point]);
    }
    last = point;
  }
  return runs;
}

/** @returns The top of the scale, ms. */
export function drawTrend(
  canvas: HTMLCanvasElement,
  points: readonly TrendDot[],
  anomalies: readonly Span[],
  sight: Sight,
  dpr: number,
): number {
  const top = topOf(points);
  const context = canvas.getContext("2d");
  if (!context) return top;
  const { width, height } = canvas;
  const margin = MARGIN_PX * dpr;
  const x = (timeMs: number) => width - ((sight.endMs - timeMs) / sight.spanMs) * width;
  const y = (ms: number) => height - margin - (ms / top) * (height - 2 * margin);
  context.clearRect(0, 0, width, height);
  drawLines(context, [y(0), y(top / 2), y(top)], width);
  for (const { startMs, endMs } of anomalies) drawAnomaly(context, Math.max(0, x(startMs)), x(endMs ?? sight.endMs), height, dpr);
  drawLoss(context, points, x, height, dpr);
  for (const run of runsOf(points)) drawRun(context, run, x, y, dpr);
  return top;
}

function drawLines(context: CanvasRenderingContext2D, places: readonly number[], width: number): void {
  context.fillStyle = colours.strongLine;
  for (const place of places) context.fillRect(0, Math.round(place), width, 1);
}

/** A wash, with a bar on top of it that also shows in grey. */
function drawAnomaly(context: CanvasRenderingContext2D, from: number, to: number, height: number, dpr: number): void {
  if (to < 0) return;
  const width = Math.max(2 * dpr, to - from);
  context.fillStyle = colours.anomaly;
  context.globalAlpha = 0.18;
  context.fillRect(from, 0, width, height);
  context.globalAlpha = 1;
  context.fillRect(from, 0, width, 3 * dpr);
}

function drawLoss(
  context: CanvasRenderingContext2D,
  points: readonly TrendDot[],
  x: (timeMs: number) => number,
  height: number,
  dpr: number,
): void {
  context.fillStyle = colours.off;
  for (const { timeMs, loss } of points) {
    const tall = loss * LOSS_SHARE * height;
    const left = x(timeMs - 1_000);
    if (loss > 0) context.fillRect(left, height - tall, Math.max(dpr, x(timeMs) - left), tall);
  }
}

function drawRun(
  context: CanvasRenderingContext2D,
  run: readonly TrendDot[],
  x: (timeMs: number) => number,
  y: (ms: number) => number,
  dpr: number,
): void {
  context.beginPath();
  for (const { timeMs, p95Ms } of run) context.lineTo(x(timeMs), y(p95Ms));
  for (const { timeMs, p50Ms } of run.toReversed()) context.lineTo(x(timeMs), y(p50Ms));
  context.fillStyle = colours.band;
  context.fill();
  context.beginPath();
  for (const { timeMs, p50Ms } of run) context.lineTo(x(timeMs), y(p50Ms));
  context.strokeStyle = colours.trace;
  context.lineWidth = 1.5 * dpr;
  context.stroke();
}
