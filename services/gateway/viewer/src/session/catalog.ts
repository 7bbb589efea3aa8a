import { type Signal, signal } from "@preact/signals";
import { readStreamInfo, type StreamInfo } from "../wire/streamInfo";
import { ask, reasonOf } from "./ask";
import { sortedByName } from "./names";

/** Soon when there is nothing yet, as right after everything was started. */
const SOON_MS = 1_000;
const USUALLY_MS = 5_000;

/** The gateway's list of streams, asked for again and again while the page can be seen. */
export class Catalog {
  readonly streams: Signal<readonly StreamInfo[]> = signal([]);
  /** Undefined while the list can be read. */
  readonly problem: Signal<string | undefined> = signal(undefined);
  readonly isKnown = signal(false);

  start(): void {
    void this.#keepReading();
  }

  async #keepReading(): Promise<void> {
    if (!document.hidden) await this.#read();
    setTimeout(() => this.start(), this.streams.value.length === 0 ? SOON_MS : USUALLY_MS);
  }

  async #read(): Promise<void> {
    try {
      this.streams.value = listOf(await ask("streams"));
      this.isKnown.value = true;
      this.problem.value = undefined;
    } catch (error) {
      this.problem.value = reasonOf(error);
    }
  }
}

/** The list itself, or an object that holds it. */
function listOf(body: unknown): readonly StreamInfo[] {
  const list = Array.isArray(body) ? body : (body as { readonly streams?: unknown } | null)?.streams;
  if (!Array.isArray(list)) throw new Error("the list of streams is none");
  return sortedByName(list.map(readStreamInfo).filter((info): info is StreamInfo => info !== undefined));
}
