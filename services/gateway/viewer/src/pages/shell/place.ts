/** What the address says: `#/heart?streams=ecg.bed-1,ecg.bed-2&gain=20`. A link shares the page and the choice. */
import { computed, type Signal, signal } from "@preact/signals";

export interface Place {
  readonly page: string;
  readonly settings: ReadonlyMap<string, string>;
}

export function readPlace(hash: string): Place {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  return { page: path, settings: new Map(new URLSearchParams(query)) };
}

/** Commas and stars stay as they are: a link is also read by people. */
export function writePlace({ page, settings }: Place): string {
  const query = [...settings].map(([key, value]) => `${encode(key)}=${encode(value)}`).join("&");
  return `#/${page}${query === "" ? "" : `?${query}`}`;
}

const encode = (text: string): string => encodeURIComponent(text).replaceAll("%2C", ",");

export const place: Signal<Place> = signal(readPlace(typeof location === "undefined" ? "" : location.hash));

/** Kept in the history's current entry: choosing a bed is no step to go back to. */
export function keepSetting(key: string, value: string | undefined): void {
  const settings = new Map(place.value.settings);
  if (value === undefined) settings.delete(key);
  else settings.set(key, value);
  place.value = { ...place.value, settings };
  history.replaceState(null, "", writePlace(place.value));
}

export const settingOf = (key: string) => computed(() => place.value.settings.get(key));

export function followAddress(): void {
  addEventListener("hashchange", () => {
    place.value = readPlace(location.hash);
  });
}
