import type { ModelRecord, RecordHorizon } from "../../wire/market";
import { countText } from "../shell/texts";
import { hitRateOf, percent, signedPercent, skillOf } from "./record";

/** How the shown model's forecasts came true, and in a line how those beside it did. */
export function RecordTable({ records }: { readonly records: readonly ModelRecord[] }) {
  const [shown, ...others] = records;
  if (!shown) return <p class="note record-note">No record yet: it is told every few bars.</p>;
  return (
    <div class="sheet record">
      <table data-testid="record">
        <caption>
          Record of {shown.model}
          {others.map((other) => (
            <small key={other.model}> · beside it {other.model}: skill {skillText(other.horizons[0])}</small>
          ))}
        </caption>
        <thead>
          <tr>
            <th scope="col">bars ahead</th>
            <th scope="col">outcomes</th>
            <th scope="col" title="By how much the mean error is below that of the last price">skill</th>
            <th scope="col" title="Outcomes that lay within the 50, 80 and 90 % intervals">in 50 / 80 / 90 %</th>
            <th scope="col" title="Beyond one bar outcomes overlap, which makes the interval too narrow">direction hit (95 %)</th>
          </tr>
        </thead>
        <tbody>
          {shown.horizons.map((horizon) => (
            <Row key={horizon.steps} horizon={horizon} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const Row = ({ horizon }: { readonly horizon: RecordHorizon }) => (
  <tr data-steps={horizon.steps}>
    <th scope="row">{horizon.steps}</th>
    <td>{countText(horizon.outcomes)}</td>
    <td>{skillText(horizon)}</td>
    <td>{coverText(horizon)}</td>
    <td>{hitText(horizon)}</td>
  </tr>
);

function skillText(horizon: RecordHorizon | undefined): string {
  const skill = horizon && skillOf(horizon);
  return skill === undefined ? "--" : signedPercent(skill);
}

const coverText = ({ outcomes, covered50, covered80, covered90 }: RecordHorizon): string =>
  outcomes === 0 ? "--" : [covered50, covered80, covered90].map((share) => (100 * share).toFixed(0)).join(" / ");

function hitText(horizon: RecordHorizon): string {
  const rate = hitRateOf(horizon);
  return rate ? `${percent(rate.value)} (${(100 * rate.low).toFixed(1)}–${(100 * rate.high).toFixed(1)})` : "--";
}
