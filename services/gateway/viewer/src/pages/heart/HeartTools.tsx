import { useRef } from "preact/hooks";
import { CSS_PX_PER_MM } from "../../draw/paper";
import { session } from "../shell/app";
import { GAINS, MM_RANGE, paper, SPEEDS, setGain, setPxPerMm, setSpeed } from "./paperSettings";
import { StreamPicker } from "./StreamPicker";

/** The page's controls in the header: which streams, on what paper. */
export function HeartTools() {
  const picker = useRef<HTMLDialogElement>(null);
  return (
    <div class="tools">
      <button type="button" data-testid="choose" onClick={() => picker.current?.showModal()}>
        Streams <b>{session.watched.value.length}</b>
      </button>
      <Choice label="Sweep" unit="mm/s" values={SPEEDS} value={paper.value.mmPerSecond} choose={setSpeed} />
      <Choice label="Gain" unit="mm/mV" values={GAINS} value={paper.value.mmPerUnit} choose={setGain} />
      <MillimetreChoice />
      <StreamPicker dialog={picker} />
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly unit: string;
  readonly values: readonly number[];
  readonly value: number;
  readonly choose: (value: number) => void;
}

const Choice = ({ label, unit, values, value, choose }: ChoiceProps) => (
  <label>
    <span class="tool-name is-plain">{label}</span>
    <select aria-label={label} value={value} onChange={(event) => choose(Number(event.currentTarget.value))}>
      {values.map((each) => (
        <option key={each} value={each}>
          {each} {unit}
        </option>
      ))}
    </select>
  </label>
);

/** A screen does not tell how large its pixels are: whoever wants true millimetres measures with a ruler. */
const MillimetreChoice = () => (
  <label class="ruler" title="CSS pixels a millimetre of this screen: measure a strong grid line's distance, it should be 5 mm">
    <span class="tool-name">px/mm</span>
    <input
      type="number"
      min={MM_RANGE.least}
      max={MM_RANGE.most}
      step="0.01"
      value={paper.value.pxPerMm.toFixed(2)}
      onChange={(event) => setPxPerMm(Number(event.currentTarget.value) || CSS_PX_PER_MM)}
    />
  </label>
);
