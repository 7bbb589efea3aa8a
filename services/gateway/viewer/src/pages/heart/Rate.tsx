import type { Known } from "../../session/findings";
import type { LiveStream } from "../../session/liveStream";
import { type Millis, millis } from "../../time/units";
import type { HeartRate } from "../../wire/event";
import { pageNow, session, textClock } from "../shell/app";
import { ageText } from "../shell/texts";

/** An older rate is no rate any more. */
const TRUSTED_MS = 5_000;

/** The number that is read from the door. */
export function Rate({ stream, isTile }: { readonly stream: LiveStream; readonly isTile: boolean }) {
  const rate = stream.findings.heartRate.value;
  const age = rate && ageOf(rate, stream);
  const bpm = rate?.value.bpm;
  const isOld = age !== undefined && age > TRUSTED_MS;
  return (
    <div class={`rate ${bpm === undefined ? "none" : isOld ? "old" : ""}`}>
      {!isTile && (
        <span class="rate-name">
          <Heart beats={stream.findings.beats.value} />
          HR <small>/min</small>
        </span>
      )}
      <output class="rate-value" data-testid="heart-rate" aria-label="Heart rate a minute">
        {bpm === undefined ? "--" : Math.round(bpm)}
      </output>
      <span class="rate-age" data-testid="heart-rate-age">
        {rateNote(rate?.value, age)}
      </span>
    </div>
  );
}

/** Swells with each beat: a new key starts its animation anew. */
const Heart = ({ beats }: { readonly beats: number }) => (
  <span key={beats} class="heart" aria-hidden="true">
    ♥
  </span>
);

function rateNote(rate: HeartRate | undefined, age: Millis | undefined): string {
  if (rate === undefined || age === undefined) return "no rate yet";
  return rate.withheld === undefined ? ageText(age) : `${rate.withheld}, ${ageText(age)}`;
}

/** By the wall clock; of a replay, which has left it, since it was heard. */
function ageOf<T>(known: Known<T>, stream: LiveStream): Millis {
  void textClock.value;
  return stream.isReplay ? millis(pageNow() - known.heardMs) : millis(session.gatewayNow() - known.timeMs);
}
