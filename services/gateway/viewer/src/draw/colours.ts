/** Of the canvas; the page's own are in its style sheet. */
export const colours = {
  paper: "#05090b",
  line: "#0c1b1d",
  strongLine: "#14292b",
  trace: "#3dec88",
  faint: "#3d525a",
  scale: "#7d9098",
  fan: "rgb(111 214 255 / 20%)",
  markNormal: "#d7e4e8",
  markVentricular: "#ffb454",
  markPaused: "#7cc7ff",
  good: "#2a8f59",
  poor: "#ffb454",
  off: "#ff6b6b",
  /** Smoke: each shade lies over the wider ones. */
  smoke: "rgb(200 216 222 / 20%)",
  /** Of a trend: from the median to p95, and where it is unlike itself. */
  band: "#1d5f4a",
  anomaly: "#ffb454",
} as const;

export const markColours = {
  normal: colours.markNormal,
  unclassified: colours.markNormal,
  "ventricular-like": colours.markVentricular,
  paused: colours.markPaused,
} as const;
