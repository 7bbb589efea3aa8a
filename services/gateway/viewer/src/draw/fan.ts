/** A value and the fan of intervals ahead of it. For a price: bars to the left, each as wide as the next, what is expected to the right. */
import { colours } from "./colours";

/** Bars that are shown of the past. */
export const PAST_BARS = 72;
const MARGIN_PX = 6;
/** Room for the scale's numbers, right of the plot. */
const SCALE_PX = 58;
const TICKS = 5;
const FONT_PX = 11;

export interface FanPoint {
  readonly epoch: number;
  readonly price: number;
}

export interface FanStep {
  /** Bars ahead. */
  readonly steps: number;
  readonly point: number;
  readonly intervals: readonly FanInterval[];
}

export interface FanInterval {
  readonly level: number;
  readonly low: number;
  readonly high: number;
}

export interface Fan {
  /** Oldest first. */
  readonly past: readonly FanPoint[];
  /** Nearest first. */
  readonly ahead: readonly FanStep[];
}

/** One interval's edge along the fan: it opens at the last price. */
export interface Band {
  readonly level: number;
  readonly edge: readonly { readonly steps: number; readonly low: number; readonly high: number }[];
}

/** Wide to narrow, so that the narrow ones are drawn over the wide. */
export function bandsOf({ past, ahead }: Fan): readonly Band[] {
  const last = past.at(-1);
  if (!last) return [];
  const levels = [...new Set(ahead.flatMap(({ intervals }) => intervals.map(({ level }) => level)))].sort((a, b) => b - a);
  const root = { steps: 0, low: last.price, high: last.price };
  return levels.map((level) => ({
    level,
    edge: [root, ...ahead.flatMap(({ steps, intervals }) =>
      intervals.filter((interval) => interval.level === level).map(({ low, high }) => ({ steps, low, high })))],
  }));
}

export interface PriceScale {
  readonly low: number;
  readonly high: number;
  /** Round prices within, ascending. */
  readonly ticks: readonly number[];
  /** Digits behind the point that tell the ticks apart. */
  readonly digits: number;
}

/** Holds every price and every interval; undefined when there is nothing. */
export function priceScaleOf({ past, ahead }: Fan): PriceScale | undefined {
  const prices = [...past.map(({ price }) => price), ...ahead.flatMap(({ point, intervals }) => [point, ...intervals.flatMap(({ low, high }) => [low, high])])];
  const finite = prices.filter(Number.isFinite);
  if (finite.length === 0) return undefined;
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  // A price that never moved still stands in the middle of something.
  const room = Math.max((most - least) * 0.04, Math.abs(most) * 1e-4, 1e-6);
  return withTicks(least - room, most + room);
}

function withTicks(low: number, high: number): PriceScale {
  const rough = (high - low) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step);
  const ticks: number[] = [];
  for (let i = first; i * step <= high; i++) ticks.push(i * step);
  return { low, high, ticks, digits: Math.min(8, Math.max(0, -Math.floor(Math.log10(step) + 1e-9))) };
}

export function drawFan(canvas: HTMLCanvasElement, fan: Fan, dpr: number): PriceScale | undefined {
  const context = canvas.getContext("2d");
  const shown = { ...fan, past: fan.past.slice(-PAST_BARS) };
  const scale = priceScaleOf(shown);
  if (!context || !scale) return scale;
  context.clearRect(0, 0, canvas.width, canvas.height);
  const place = placesOf(canvas, shown, scale, dpr);
  drawScale(context, scale, place, dpr);
  drawPast(context, shown.past, place, dpr);
  drawAhead(context, shown, place, dpr);
  return scale;
}

/** What is expected, from the last value on: on whatever chart, which says where things are. */
export function drawAhead(context: CanvasRenderingContext2D, fan: Fan, place: FanPlaces, dpr: number): void {
  for (const band of bandsOf(fan)) drawBand(context, band, place);
  drawPoints(context, fan, place, dpr);
}

export interface FanPlaces {
  /** Of steps ahead of the last value; below zero for the past. */
  readonly x: (steps: number) => number;
  readonly y: (value: number) => number;
}

interface Places extends FanPlaces {
  readonly right: number;
}

function placesOf({ width, height }: HTMLCanvasElement, { ahead }: Fan, { low, high }: PriceScale, dpr: number): Places {
  const margin = MARGIN_PX * dpr;
  const right = width - SCALE_PX * dpr;
  const bars = PAST_BARS - 1 + (ahead.at(-1)?.steps ?? 0);
  return {
    right,
    x: (steps) => margin + ((PAST_BARS - 1 + steps) / bars) * (right - 2 * margin),
    y: (price) => height - margin - ((price - low) / (high - low)) * (height - 2 * margin),
  };
}

function drawScale(context: CanvasRenderingContext2D, { ticks, digits }: PriceScale, { right, x, y }: Places, dpr: number): void {
  const { height } = context.canvas;
  context.lineWidth = dpr;
  context.strokeStyle = colours.strongLine;
  context.fillStyle = colours.scale;
  context.font = `${FONT_PX * dpr}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  context.beginPath();
  for (const tick of ticks) {
    context.moveTo(0, y(tick));
    context.lineTo(right, y(tick));
    context.fillText(tick.toFixed(digits), right + MARGIN_PX * dpr, y(tick));
  }
  context.moveTo(x(0), 0);
  context.lineTo(x(0), height);
  context.stroke();
}

/** Each lies over the wider ones, so that the middle is the brightest. */
function drawBand(context: CanvasRenderingContext2D, { edge }: Band, { x, y }: FanPlaces): void {
  context.fillStyle = colours.fan;
  context.beginPath();
  for (const { steps, high } of edge) context.lineTo(x(steps), y(high));
  for (const { steps, low } of [...edge].reverse()) context.lineTo(x(steps), y(low));
  context.fill();
}

/** Broken where a source began anew. */
function drawPast(context: CanvasRenderingContext2D, past: readonly FanPoint[], { x, y }: Places, dpr: number): void {
  context.lineWidth = 1.6 * dpr;
  context.lineJoin = "round";
  context.strokeStyle = colours.trace;
  context.beginPath();
  past.forEach(({ epoch, price }, i) => {
    const steps = i + 1 - past.length;
    if (past[i - 1]?.epoch === epoch) context.lineTo(x(steps), y(price));
    else context.moveTo(x(steps), y(price));
  });
  context.stroke();
}

function drawPoints(context: CanvasRenderingContext2D, { past, ahead }: Fan, { x, y }: FanPlaces, dpr: number): void {
  const last = past.at(-1);
  if (!last) return;
  context.lineWidth = 1.2 * dpr;
  context.strokeStyle = colours.markNormal;
  context.setLineDash([4 * dpr, 3 * dpr]);
  context.beginPath();
  context.moveTo(x(0), y(last.price));
  for (const { steps, point } of ahead) context.lineTo(x(steps), y(point));
  context.stroke();
  context.setLineDash([]);
  context.fillStyle = colours.trace;
  context.beginPath();
  context.arc(x(0), y(last.price), 3 * dpr, 0, 2 * Math.PI);
  context.fill();
}
