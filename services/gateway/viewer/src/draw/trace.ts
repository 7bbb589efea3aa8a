/** Paints one stream's sweep onto its canvas, a few columns a frame. */
import { colours } from "./colours";
import { drawMark, drawStretch, type MarkShape, type StretchShape } from "./marks";
import { columnsPerMs, type Paper, pixelsPerUnit, ZERO_LINE } from "./paper";
import { sheetOf } from "./sheet";
import { columnExtent, type Extent, modulo, type Samples, screenRuns, sweepStep } from "./sweep";

const LINE_PX = 1.5;
const ERASE_BAR_MM = 5;

/** R-peaks or judged seconds, in the order of their coming; `count` only grows, old ones may be gone. */
export interface Marks<T> {
  readonly count: number;
  at(index: number): T | undefined;
}

export interface TraceSource {
  readonly samples: Samples;
  readonly clock: { readonly originMs: number; readonly msPerSample: number };
  readonly marks: Marks<MarkShape>;
  readonly stretches: Marks<StretchShape>;
}

export class TracePainter {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #extent: Extent = { low: 0, high: 0, rising: true };
  #paper: Paper | undefined;
  #dpr = 1;
  #source: TraceSource | undefined;
  #channel = 0;
  #head = Number.NaN;
  #marked = 0;
  #judged = 0;

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext("2d", { alpha: false });
    if (!context) throw new Error("This browser offers no 2D canvas.");
    this.#canvas = canvas;
    this.#context = context;
  }

  /** Sizes are device pixels, so that a column of the trace is a column of the screen. */
  resize(width: number, height: number, dpr: number, paper: Paper): void {
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    this.#dpr = dpr;
    this.#paper = paper;
    this.#head = Number.NaN;
    if (width > 0 && height > 0) this.#erase(0, width - 1);
  }

  /**
   * Moves the pen to a place in the epoch; places are not looked at beyond it.
   * @returns Whether anything was drawn.
   */
  paint(source: TraceSource, channel: number, place: number): boolean {
    const paper = this.#paper;
    const { width } = this.#canvas;
    if (!paper || width === 0) return false;
    if (source !== this.#source || channel !== this.#channel) this.#head = Number.NaN;
    this.#source = source;
    this.#channel = channel;

    const speed = columnsPerMs(paper, this.#dpr);
    const head = Math.floor((source.clock.originMs + place * source.clock.msPerSample) * speed) - 1;
    const gap = Math.round(ERASE_BAR_MM * paper.pxPerMm * this.#dpr);
    const step = sweepStep(this.#head, head, width, gap);
    if (step.kind === "none") return this.#drawMarks(source, speed, head, width - gap);
    if (step.kind === "whole") this.#erase(head + 1, head + width);
    else this.#erase(this.#head + gap + 1, head + gap);
    this.#stroke(source, step.from, step.to, speed);
    this.#head = head;
    if (step.kind === "whole") this.#marked = this.#judged = 0;
    this.#drawMarks(source, speed, head, width - gap);
    return true;
  }

  #erase(from: number, to: number): void {
    const { width, height } = this.#canvas;
    if (!this.#paper) return;
    const sheet = sheetOf(width, height, this.#paper, this.#dpr);
    for (const run of screenRuns(from, to, width))
      this.#context.drawImage(sheet, run.x, 0, run.width, height, run.x, 0, run.width, height);
  }

  #stroke(source: TraceSource, from: number, to: number, speed: number): void {
    const context = this.#context;
    const { width } = this.#canvas;
    const placesPerColumn = 1 / (speed * source.clock.msPerSample);
    // From the column before, so that the new stretch joins what is there.
    const placeAtStart = ((from - 1) / speed - source.clock.originMs) / source.clock.msPerSample;
    context.strokeStyle = colours.trace;
    context.lineWidth = LINE_PX * this.#dpr;
    context.lineJoin = "round";
    context.lineCap = "round";
    context.beginPath();
    let isDown = false;
    for (let column = from - 1; column <= to; column++) {
      const place = placeAtStart + (column - from + 1) * placesPerColumn;
      const x = modulo(column, width);
      if (x === 0) isDown = false;
      isDown = this.#strokeColumn(source, x + 0.5, place, place + placesPerColumn, isDown);
    }
    context.stroke();
  }

  /** From where the signal enters the column to where it leaves it. */
  #strokeColumn(source: TraceSource, x: number, from: number, to: number, isDown: boolean): boolean {
    const extent = this.#extent;
    if (!columnExtent(source.samples, this.#channel, from, to, extent)) return false;
    const first = this.#y(extent.rising ? extent.low : extent.high);
    if (isDown) this.#context.lineTo(x, first);
    else this.#context.moveTo(x, first);
    this.#context.lineTo(x, this.#y(extent.rising ? extent.high : extent.low));
    return true;
  }

  #y(value: number): number {
    const { height } = this.#canvas;
    const y = Math.round(height * ZERO_LINE) - value * pixelsPerUnit(this.#paper as Paper, this.#dpr);
    return Math.max(this.#dpr, Math.min(height - this.#dpr, y));
  }

  /** A beat is known some 0.2 s after its peak has been drawn, a second's quality at its end; what the pen has not reached waits. */
  #drawMarks({ marks, stretches, clock }: TraceSource, speed: number, head: number, visible: number): boolean {
    const columnOf = (place: number) => Math.floor((clock.originMs + place * clock.msPerSample) * speed);
    const { width, height } = this.#canvas;
    const before = this.#marked + this.#judged;
    this.#marked = reach(marks, this.#marked, columnOf, head, (mark, column) => {
      if (column > head - visible) drawMark(this.#context, modulo(column, width) + 0.5, this.#dpr, mark);
    });
    this.#judged = reach(stretches, this.#judged, columnOf, head, (stretch, column) => {
      const from = Math.max(columnOf(stretch.from) + 1, head - visible + 1);
      for (const run of screenRuns(from, column, width)) drawStretch(this.#context, run, height, this.#dpr, stretch);
    });
    return this.#marked + this.#judged > before;
  }
}

/** Draws those that the pen has reached; the index of the first that it has not. */
function reach<T extends { readonly place: number }>(
  marks: Marks<T>,
  from: number,
  columnOf: (place: number) => number,
  head: number,
  draw: (mark: T, column: number) => void,
): number {
  let index = from;
  for (; index < marks.count; index++) {
    const mark = marks.at(index);
    if (!mark) continue;
    const column = columnOf(mark.place);
    if (column > head) break;
    draw(mark, column);
  }
  return index;
}
