import { kindOf, type StreamInfo } from "../wire/streamInfo";

export const isPattern = (want: string): boolean => want.endsWith(".*");

export const covers = (want: string, name: string): boolean =>
  want === name || (isPattern(want) && kindOf(want) === kindOf(name));

/** Bed 2 before bed 10. */
export const byName = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });

export const sortedByName = (streams: Iterable<StreamInfo>): readonly StreamInfo[] =>
  [...streams].sort((a, b) => byName(a.stream, b.stream));
