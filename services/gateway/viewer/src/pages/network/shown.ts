/** What the charts show just now, to be taken along as a file. */
import type { LineTrend } from "../../session/lineTrend";
import type { LiveStream } from "../../session/liveStream";
import type { TrendColumn } from "../../session/trends";

export type ExportFormat = "csv" | "json";

const COLUMNS = ["time", "readings", "lost", "min", "p10", "p25", "p50", "p75", "p90", "p95", "max"] as const;
const TYPES: Readonly<Record<ExportFormat, string>> = { csv: "text/csv", json: "application/json" };

export interface Shown {
  readonly stream: string;
  readonly label: string;
  readonly region: string;
  readonly simulated: boolean;
  readonly trend: Pick<LineTrend, "columns" | "anomalies" | "stepMs">;
}

const trends = new Map<LiveStream, LineTrend>();

/** @returns Ends it. */
export function show(stream: LiveStream, trend: LineTrend): () => void {
  trends.set(stream, trend);
  return () => {
    if (trends.get(stream) === trend) trends.delete(stream);
  };
}

export function exportShown(format: ExportFormat): void {
  const shown = [...trends].map(([{ name, info }, trend]) => ({
    stream: name,
    label: info.value?.label ?? name,
    region: info.value?.region ?? "",
    simulated: info.value?.simulated ?? false,
    trend,
  }));
  const text = format === "csv" ? csvOf(shown) : jsonOf(shown);
  save(`network-${new Date().toISOString().slice(0, 19).replaceAll(":", "")}.${format}`, new Blob([text], { type: TYPES[format] }));
}

/** A row a target and column; simulated ones say so. */
export function csvOf(shown: readonly Shown[]): string {
  const rows = shown.flatMap(({ stream, label, region, simulated, trend }) =>
    trend.columns.map((column) => [stream, label, region, String(simulated), ...cellsOf(column)]),
  );
  return [["stream", "label", "region", "simulated", ...COLUMNS], ...rows].map((row) => `${row.map(quoted).join(",")}\r\n`).join("");
}

export function jsonOf(shown: readonly Shown[]): string {
  const targets = shown.map(({ trend, ...target }) => ({
    ...target,
    stepMs: trend.stepMs,
    columns: COLUMNS,
    rows: trend.columns.map(({ timeMs, readings, lost, quantiles }) => [timeMs, readings, lost, ...(quantiles ?? COLUMNS.slice(3).map(() => null))]),
    anomalies: trend.anomalies.map(({ metric, form, startMs, endMs, reason }) => ({ metric, form, start: startMs, end: endMs ?? null, reason })),
  }));
  return `${JSON.stringify({ targets }, null, 1)}\n`;
}

const cellsOf = ({ timeMs, readings, lost, quantiles }: TrendColumn): readonly string[] => [
  new Date(timeMs).toISOString(),
  String(readings),
  String(lost),
  ...(quantiles?.map((ms) => String(Number(ms.toFixed(4)))) ?? COLUMNS.slice(3).map(() => "")),
];

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

function save(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser has begun by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
