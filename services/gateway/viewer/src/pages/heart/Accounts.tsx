import type { LiveStream } from "../../session/liveStream";
import { session, textClock } from "../shell/app";
import { countedText, countText } from "../shell/texts";

/** What came and what did not, to the sample, and how old it was on the screen. */
export function Accounts({ stream }: { readonly stream: LiveStream }) {
  void textClock.value;
  const { wave } = stream;
  const refused = wave.stale + stream.badEvents;
  return (
    <ul class="accounts">
      <Count testid="frames" count={wave.frames} text={countedText(wave.frames, "frame")} />
      <Count testid="gaps" count={wave.gaps} text={gapText(wave.gaps, wave.missing)} isBad={wave.gaps > 0} />
      <Count
        testid="dropped"
        count={wave.dropped}
        text={`${countText(wave.dropped)} dropped`}
        isBad={wave.dropped > 0}
      />
      {wave.thinned > 0 && (
        <Count testid="thinned" count={wave.thinned} text={`${countText(wave.thinned)} thinned`} isBad={session.form.value !== "full"} />
      )}
      {(session.form.value === "newest" || wave.columnSamples > 1) && (
        <li data-testid="form" data-value={wave.columnSamples} title="This viewer lags, or asked for less: peaks stay, detail does not">
          {session.form.value === "newest" ? "newest only" : `1 column for ${wave.columnSamples} samples`}
        </li>
      )}
      {refused > 0 && <Count testid="refused" count={refused} text={`${countText(refused)} refused`} isBad />}
      <li data-testid="latency" title="From a sample's making to its drawing, over the last seconds">
        {latencyText(stream)}
      </li>
    </ul>
  );
}

function latencyText(stream: LiveStream): string {
  if (stream.isReplay) return `replay ×${stream.info.value?.speed}`;
  const latency = stream.latency.summary;
  return latency ? `latency ${Math.round(latency.median)} ms, p95 ${Math.round(latency.p95)} ms` : "latency --";
}

const gapText = (gaps: number, missing: number): string =>
  gaps === 0 ? "no gaps" : `${countedText(gaps, "gap")}, ${countedText(missing, "sample")} missing`;

interface CountProps {
  readonly testid: string;
  readonly count: number;
  readonly text: string;
  readonly isBad?: boolean;
}

const Count = ({ testid, count, text, isBad = false }: CountProps) => (
  <li data-testid={testid} data-value={count} class={isBad ? "bad" : undefined}>
    {text}
  </li>
);
