/** The one place that draws: all painters in sight, in animation frames. A hidden tab has none, and so costs nothing. */
import { type Millis, millis } from "../time/units";

export type Paint = (now: Millis) => void;

/**
 * So many are painted in each frame. More are painted in every other one, all together: each then moves 30 times a second,
 * which on a small tile nobody can tell from 60, and the screen is composed anew half as often.
 */
const EACH_FRAME = 16;

const painters = new Set<Paint>();
let isScheduled = false;
let frames = 0;

/** Calls it in animation frames until the returned function is called. */
export function onFrame(paint: Paint): () => void {
  painters.add(paint);
  schedule();
  return () => painters.delete(paint);
}

function schedule(): void {
  if (isScheduled || painters.size === 0) return;
  isScheduled = true;
  requestAnimationFrame(run);
}

function run(): void {
  isScheduled = false;
  const isTurn = painters.size <= EACH_FRAME || ++frames % 2 === 0;
  // Not the frame's own time: that is when the frame began, and samples may have come since.
  const now = millis(performance.now());
  if (isTurn) for (const paint of painters) paint(now);
  schedule();
}
