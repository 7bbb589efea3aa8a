/** RR intervals over the last minute, a dot a beat. */
import { colours, markColours } from "./colours";

export const SPAN_MS = 60_000;
/** The scale never magnifies less than this much of variation, ms. */
const LEAST_SPAN_MS = 200;
const MARGIN_PX = 4;
const DOT_PX = 2;

export interface RrDot {
  readonly timeMs: number;
  readonly rrMs: number;
  readonly kind: keyof typeof markColours;
  readonly isPoor: boolean;
}

export interface Scale {
  readonly low: number;
  readonly high: number;
}

/** Round to whole tenths of a second, so that the scale does not breathe with each beat. */
export function scaleOf(points: readonly RrDot[]): Scale {
  if (points.length === 0) return { low: 600, high: 1_000 };
  const rr = points.map(({ rrMs }) => rrMs);
  const low = Math.floor(Math.min(...rr) / 100) * 100;
  return { low, high: Math.max(low + LEAST_SPAN_MS, Math.ceil(Math.max(...rr) / 100) * 100) };
}

/** @param endMs Event time of the right edge. */
export function drawTachogram(canvas: HTMLCanvasElement, points: readonly RrDot[], endMs: number, dpr: number): Scale {
  const context = canvas.getContext("2d");
  const scale = scaleOf(points);
  if (!context) return scale;
  const { width, height } = canvas;
  const margin = MARGIN_PX * dpr;
  const x = (timeMs: number) => width - margin - ((endMs - timeMs) / SPAN_MS) * (width - 2 * margin);
  const y = (rrMs: number) =>
    height - margin - ((rrMs - scale.low) / (scale.high - scale.low)) * (height - 2 * margin);
  context.clearRect(0, 0, width, height);
  context.strokeStyle = colours.strongLine;
  context.strokeRect(0.5, 0.5, width - 1, height - 1);
  context.lineWidth = dpr;
  context.strokeStyle = colours.faint;
  context.beginPath();
  for (const point of points) context.lineTo(x(point.timeMs), y(point.rrMs));
  context.stroke();
  for (const point of points) drawDot(context, x(point.timeMs), y(point.rrMs), point, dpr);
  return scale;
}

/** A beat in a poor stretch is a ring. */
function drawDot(context: CanvasRenderingContext2D, x: number, y: number, point: RrDot, dpr: number): void {
  context.beginPath();
  context.arc(x, y, DOT_PX * dpr * (point.kind === "normal" ? 1 : 1.6), 0, 2 * Math.PI);
  context.fillStyle = markColours[point.kind];
  context.strokeStyle = markColours[point.kind];
  if (point.isPoor) context.stroke();
  else context.fill();
}
