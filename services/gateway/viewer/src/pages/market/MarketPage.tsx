import { effect, untracked } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { kindOf } from "../../wire/streamInfo";
import { catalog, session } from "../shell/app";
import { settingOf } from "../shell/place";
import "./market.css";
import { SymbolCard } from "./SymbolCard";

const KIND = "market";
/** At a bar every five seconds, more bars than the chart shows. */
const BACK_S = 900;

const setting = settingOf("symbols");

/** Prices with what is expected of them, and how far that was right: `#/market?symbols=AAPL,MSFT`, else all. */
export function MarketPage() {
  useEffect(follow, []);
  const watched = session.watched.value.filter(({ name }) => kindOf(name) === KIND);
  if (watched.length === 0) return <p class="nothing">{reason()}</p>;
  return (
    <div class="market">
      <p class="note" data-testid="note">
        The last price is hard to beat, and the direction of the next bar is close to a coin: what is worth something here is the width of the fan.
        Its shades hold 50, 80 and 90 of 100 outcomes, as far as the record says. The trend describes the past, by rule. Beyond one bar outcomes overlap,
        which makes the intervals of the hit rate too narrow there.
      </p>
      {watched.map((stream) => (
        <SymbolCard key={stream.name} stream={stream} />
      ))}
    </div>
  );
}

/** Keeps the session at what the address asks for. */
const follow = (): (() => void) =>
  effect(() => {
    const symbols = setting.value?.split(",").filter((symbol) => symbol !== "") ?? ["*"];
    // Only the address counts: watching changes what it reads itself.
    untracked(() => session.watch(symbols.map((symbol) => `${KIND}.${symbol}`), BACK_S));
  });

function reason(): string {
  if (catalog.problem.value !== undefined) return `The list of streams cannot be read: ${catalog.problem.value}.`;
  if (!catalog.isKnown.value) return "Asking the gateway for its streams …";
  return "No market symbol is there yet. The producer's Market:Source says where prices come from.";
}
