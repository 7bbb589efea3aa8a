/** The one place that draws: all painters in sight, in animation frames. A hidden tab has none, and so costs nothing. */
import { type Millis, millis } from "../time/units";

export type Paint = (now: Millis) => void;

/**
 * So many are painted in each frame. More take turns, neighbours together: each then moves 30 times a second, which on a
 * small tile nobody can tell from 60, and only half of the screen is composed anew.
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
  const half = Math.ceil(painters.size / 2);
  const isFirstsTurn = ++frames % 2 === 0;
  // Not the frame's own time: that is when the frame began, and samples may have come since.
  const now = millis(performance.now());
  let index = 0;
  for (const paint of painters) {
    const isFirst = index++ < half;
    if (painters.size <= EACH_FRAME || isFirst === isFirstsTurn) paint(now);
  }
  schedule();
}
