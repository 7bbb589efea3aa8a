/** Canvases that are drawn anew only when what they show has changed. */
import { onFrame } from "./frameLoop";

/**
 * Draws in an animation frame, in device pixels, when the version is another one or the size is.
 * @param version Of what is shown; undefined: nothing yet.
 * @returns Ends it.
 */
export function drawChanges<T>(canvas: HTMLCanvasElement, version: () => T | undefined, draw: (shown: T) => void): () => void {
  let drawn: T | undefined;
  const observer = new ResizeObserver(() => {
    canvas.width = Math.round(canvas.clientWidth * devicePixelRatio);
    canvas.height = Math.round(canvas.clientHeight * devicePixelRatio);
    drawn = undefined;
  });
  observer.observe(canvas);
  const stop = onFrame(() => {
    const now = version();
    if (now === undefined || now === drawn || canvas.width === 0) return;
    drawn = now;
    draw(now);
  });
  return () => {
    stop();
    observer.disconnect();
  };
}
