/** Of the canvas; the page's own are in its style sheet. */
export const colours = {
  paper: "#05090b",
  line: "#0c1b1d",
  strongLine: "#14292b",
  trace: "#3dec88",
  markNormal: "#d7e4e8",
  markVentricular: "#ffb454",
  markPaused: "#7cc7ff",
} as const;
