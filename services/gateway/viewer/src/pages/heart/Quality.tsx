import { type LiveStream, stretchQuality } from "../../session/liveStream";
import type { SignalQuality } from "../../wire/alert";

/** How far the last second can be trusted: a bar, and a word where it cannot. */
export function Quality({ stream }: { readonly stream: LiveStream }) {
  const quality = stream.findings.quality.value?.value;
  if (!quality) return null;
  return (
    <span class="quality" data-testid="quality" data-quality={stretchQuality(quality)} title={leadTexts(stream, quality)}>
      signal <meter min={0} max={1} low={0.5} optimum={1} value={quality.index} aria-label="Signal quality" />{" "}
      {qualityText(quality)}
    </span>
  );
}

function qualityText(quality: SignalQuality): string {
  switch (stretchQuality(quality)) {
    case "off":
      return quality.leads.every(({ leadOff }) => leadOff) ? "lead off" : "flat or at its limit";
    case "poor":
      return "noisy";
    case "good":
      return `${Math.round(100 * quality.index)} %`;
  }
}

/** Each lead by its name, for who hovers. */
function leadTexts(stream: LiveStream, { leads }: SignalQuality): string {
  const names = stream.info.value?.channels ?? [];
  return leads
    .map(({ index, leadOff, flat, saturated, noise }, i) => {
      const faults = [leadOff && "off", flat && "flat", saturated && "at its limit", noise && "noisy"].filter(Boolean);
      return `${names[i]?.name ?? `lead ${i + 1}`}: ${faults.length > 0 ? faults.join(", ") : `${Math.round(100 * index)} %`}`;
    })
    .join("\n");
}
