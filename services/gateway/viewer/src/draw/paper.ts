/** The paper that a trace is written on, in the units of electrocardiographs. */
export interface Paper {
  /** CSS pixels a millimetre of this screen; 96 dpi unless a ruler says otherwise. */
  readonly pxPerMm: number;
  readonly mmPerSecond: number;
  /** A millimetre of height for this much of the stream's unit: 10 mm/mV is usual. */
  readonly mmPerUnit: number;
}

export const CSS_PX_PER_MM = 96 / 25.4;

/** Where zero lies, from the top: R-peaks mostly point upwards. */
export const ZERO_LINE = 0.62;

/** Device pixels that the pen moves in a millisecond of event time. */
export const columnsPerMs = (paper: Paper, dpr: number): number => (paper.mmPerSecond * paper.pxPerMm * dpr) / 1000;

/** Device pixels of one unit. */
export const pixelsPerUnit = (paper: Paper, dpr: number): number => paper.mmPerUnit * paper.pxPerMm * dpr;
