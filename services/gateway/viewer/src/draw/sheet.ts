/** Empty paper with its millimetre grid. Drawn once a size, then copied wherever a trace is erased. */
import { colours } from "./colours";
import { type Paper, ZERO_LINE } from "./paper";

/** Rows mostly have one size, so few sheets serve them all. */
const KEPT = 6;
/** Closer lines would only be grey. */
const FINEST_PX = 3;

const sheets = new Map<string, HTMLCanvasElement>();

/** @param width Of the canvas, device pixels, as the height. */
export function sheetOf(width: number, height: number, paper: Paper, dpr: number): HTMLCanvasElement {
  const key = `${width} ${height} ${paper.pxPerMm * dpr}`;
  const known = sheets.get(key);
  if (known) return known;
  const sheet = document.createElement("canvas");
  sheet.width = width;
  sheet.height = height;
  drawGrid(sheet, paper.pxPerMm * dpr);
  sheets.set(key, sheet);
  for (const oldest of sheets.keys()) if (sheets.size > KEPT) sheets.delete(oldest);
  return sheet;
}

function drawGrid(sheet: HTMLCanvasElement, pxPerMm: number): void {
  const context = sheet.getContext("2d", { alpha: false });
  if (!context) return;
  const { width, height } = sheet;
  const zero = Math.round(height * ZERO_LINE);
  context.fillStyle = colours.paper;
  context.fillRect(0, 0, width, height);
  for (const [everyMm, colour] of [
    [1, colours.line],
    [5, colours.strongLine],
  ] as const) {
    const step = everyMm * pxPerMm;
    if (step < FINEST_PX) continue;
    context.fillStyle = colour;
    for (let x = 0; x < width; x += step) context.fillRect(Math.round(x), 0, 1, height);
    for (let line = Math.ceil(-zero / step); zero + line * step < height; line++)
      context.fillRect(0, Math.round(zero + line * step), width, 1);
  }
}
