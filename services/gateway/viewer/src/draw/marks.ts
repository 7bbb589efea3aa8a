/** Beats above the trace and the signal's quality below it, told apart by shape as well as by colour. */
import { colours, markColours } from "./colours";

const MARK_PX = 4.5;
const BAR_PX = 4;
const HATCH_PX = 3;

export interface MarkShape {
  readonly place: number;
  readonly kind: keyof typeof markColours;
  readonly isPoor: boolean;
}

/** A second up to a place. */
export interface StretchShape {
  readonly from: number;
  readonly place: number;
  readonly quality: "good" | "poor" | "off";
}

/** Normal beats point down to their peak, ventricular-like ones are squares, those after a pause diamonds; hollow in a poor signal. */
export function drawMark(context: CanvasRenderingContext2D, x: number, dpr: number, { kind, isPoor }: MarkShape): void {
  const size = MARK_PX * dpr;
  const top = dpr + (isPoor ? 0.5 : 0);
  context.beginPath();
  switch (kind) {
    case "ventricular-like":
      context.rect(x - 0.8 * size, top, 1.6 * size, 1.6 * size);
      break;
    case "paused":
      polygon(context, [x, top], [x + size, top + size], [x, top + 2 * size], [x - size, top + size]);
      break;
    default:
      polygon(context, [x - size, top], [x + size, top], [x, top + 1.4 * size]);
  }
  context.lineWidth = dpr;
  context.fillStyle = markColours[kind];
  context.strokeStyle = markColours[kind];
  if (isPoor) context.stroke();
  else context.fill();
}

/** A thin line where the signal is good, hatched where it is poor, a full bar where nothing is known. */
export function drawStretch(
  context: CanvasRenderingContext2D,
  run: { readonly x: number; readonly width: number },
  height: number,
  dpr: number,
  { quality }: StretchShape,
): void {
  const tall = Math.round((quality === "good" ? BAR_PX / 4 : BAR_PX) * dpr);
  const step = Math.round(HATCH_PX * dpr);
  context.fillStyle = colours[quality];
  if (quality !== "poor") context.fillRect(run.x, height - tall, run.width, tall);
  else
    for (let x = run.x; x < run.x + run.width; x++)
      if (Math.floor(x / step) % 2 === 0) context.fillRect(x, height - tall, 1, tall);
}

function polygon(context: CanvasRenderingContext2D, ...points: readonly (readonly [number, number])[]): void {
  for (const [x, y] of points) context.lineTo(x, y);
  context.closePath();
}
