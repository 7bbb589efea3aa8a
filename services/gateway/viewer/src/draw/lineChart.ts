/** A line's round trips over time, on axes by uPlot: median and the band up to p95, or smoke; loss, anomalies, and what is expected. */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { colours } from "./colours";
import { drawAhead, type Fan } from "./fan";
import { type Column, linesOf, lossColour, topOf } from "./lineColumns";

/** Total loss is so much of the height; a little is still seen. */
const LOSS_SHARE = 0.3;
const LEAST_LOSS_PX = 4;
const AXIS = { x: 20, y: 36 } as const;
const FONT = "10px system-ui, sans-serif";
/** Indices of `min p10 p25 p50 p75 p90 p95 max`: wide to narrow. */
const SMOKE = [
  [0, 7],
  [1, 5],
  [2, 4],
] as const;
const MEDIAN = 3;

export interface Wash {
  readonly startMs: number;
  readonly endMs: number | undefined;
}

/** What is expected from a moment on. */
export interface ChartFan {
  readonly timeMs: number;
  /** From step to step. */
  readonly stepMs: number;
  readonly fan: Fan;
}

export interface Sight {
  readonly columns: readonly Column[];
  readonly washes: readonly Wash[];
  readonly ahead: ChartFan | undefined;
  readonly fromMs: number;
  /** The end of what is known. */
  readonly nowMs: number;
  readonly toMs: number;
  /** Length of a column. */
  readonly stepMs: number;
  /** So long without a column is a hole. */
  readonly holeMs: number;
  readonly isSmoke: boolean;
}

export class LineChart {
  readonly #plot: uPlot;
  #sight: Sight | undefined;
  #top = 1;

  /** @param hovered Told where the pointer is, ms; undefined when it has left. */
  constructor(host: HTMLElement, hovered: (timeMs: number | undefined) => void) {
    const line = { stroke: colours.trace, width: 1.5, points: { show: false } };
    this.#plot = new uPlot(
      {
        width: Math.max(1, host.clientWidth),
        height: Math.max(1, host.clientHeight),
        padding: [6, 2, 0, 0],
        legend: { show: false },
        cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
        scales: {
          x: { time: true, range: () => [(this.#sight?.fromMs ?? 0) / 1000, (this.#sight?.toMs ?? 1) / 1000] },
          y: { range: () => [0, this.#top] },
        },
        axes: [axis({ size: AXIS.x, space: 70, values: clockTexts }), axis({ size: AXIS.y, space: 24, values: numberTexts })],
        series: [{}, line, { width: 0, points: { show: false } }],
        bands: [{ series: [2, 1], fill: colours.band }],
        hooks: {
          drawClear: [(plot) => this.#behind(plot)],
          draw: [(plot) => this.#before(plot)],
          setCursor: [({ cursor: { idx, left } }) => hovered(idx == null || left == null || left < 0 ? undefined : (this.#plot.posToVal(left, "x") ?? 0) * 1000)],
        },
      },
      [[], [], []],
      host,
    );
  }

  /** @returns The top of the scale, ms. */
  draw(sight: Sight): number {
    this.#sight = sight;
    this.#top = topOf(sight.columns, sight.ahead?.fan);
    this.#plot.setData(linesOf(sight), true);
    return this.#top;
  }

  resize({ clientWidth, clientHeight }: HTMLElement): void {
    if (clientWidth > 0 && clientHeight > 0) this.#plot.setSize({ width: clientWidth, height: clientHeight });
  }

  destroy(): void {
    this.#plot.destroy();
  }

  #behind(plot: uPlot): void {
    if (!this.#sight) return;
    const { washes, nowMs } = this.#sight;
    clipped(plot, (context, x) => {
      for (const { startMs, endMs } of washes) drawWash(context, x(startMs), x(endMs ?? nowMs), plot.bbox);
    });
  }

  #before(plot: uPlot): void {
    const sight = this.#sight;
    if (!sight) return;
    clipped(plot, (context, x, y) => {
      if (sight.isSmoke) drawSmoke(context, sight, x, y);
      drawLoss(context, sight, x, plot.bbox);
      if (sight.ahead) {
        const { timeMs, stepMs, fan } = sight.ahead;
        drawAhead(context, fan, { x: (steps) => x(timeMs + steps * stepMs), y }, devicePixelRatio);
      }
    });
  }
}

const axis = ({ size, space, values }: { size: number; space: number; values: uPlot.Axis.DynamicValues }): uPlot.Axis => ({
  size,
  space,
  values,
  stroke: colours.scale,
  font: FONT,
  gap: 3,
  grid: { stroke: colours.strongLine, width: 1 },
  ticks: { show: false },
});

const clockTexts: uPlot.Axis.DynamicValues = (_, splits, __, ___, step) => splits.map((at) => (step < 60 ? seconds : minutes).format(at * 1000));
const numberTexts: uPlot.Axis.DynamicValues = (_, splits) => splits.map((at) => String(Number(at.toPrecision(6))));
const minutes = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const seconds = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

type Way = (value: number) => number;

function clipped(plot: uPlot, draw: (context: CanvasRenderingContext2D, x: Way, y: Way) => void): void {
  const { ctx: context, bbox } = plot;
  context.save();
  context.beginPath();
  context.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  context.clip();
  draw(
    context,
    (timeMs) => plot.valToPos(timeMs / 1000, "x", true),
    (ms) => plot.valToPos(ms, "y", true),
  );
  context.restore();
}

/** A wash, with a bar on top of it that also shows in grey. */
function drawWash(context: CanvasRenderingContext2D, from: number, to: number, { left, top, height }: uPlot.BBox): void {
  const start = Math.max(left, from);
  const width = Math.max(2 * devicePixelRatio, to - start);
  context.fillStyle = colours.anomaly;
  context.globalAlpha = 0.18;
  context.fillRect(start, top, width, height);
  context.globalAlpha = 1;
  context.fillRect(start, top, width, 3 * devicePixelRatio);
}

function drawLoss(context: CanvasRenderingContext2D, { columns, stepMs }: Sight, x: Way, { top, height }: uPlot.BBox): void {
  context.fillStyle = colours.off;
  for (const { timeMs, readings, lost } of columns) {
    if (lost === 0) continue;
    const tall = Math.max(LEAST_LOSS_PX * devicePixelRatio, (lost / readings) * LOSS_SHARE * height);
    const width = Math.max(2 * devicePixelRatio, x(timeMs + stepMs) - x(timeMs));
    context.fillRect(x(timeMs), top + height - tall, width, tall);
  }
}

/** As SmokePing draws it: the median in a colour that tells the loss, and the spread around it as smoke. */
function drawSmoke(context: CanvasRenderingContext2D, { columns, stepMs }: Sight, x: Way, y: Way): void {
  for (const { timeMs, quantiles, readings, lost } of columns) {
    if (!quantiles) continue;
    const left = Math.round(x(timeMs));
    const width = Math.max(1, Math.round(x(timeMs + stepMs)) - left);
    context.fillStyle = colours.smoke;
    for (const [low, high] of SMOKE) {
      const above = y(quantiles[high] ?? 0);
      context.fillRect(left, above, width, Math.max(1, y(quantiles[low] ?? 0) - above));
    }
    context.fillStyle = lossColour(lost / readings);
    context.fillRect(left, Math.round(y(quantiles[MEDIAN] ?? 0)) - devicePixelRatio, width, 2 * devicePixelRatio);
  }
}
