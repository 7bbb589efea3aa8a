import type { LiveStream } from "../../session/liveStream";
import type { ModelRecord, OutlookHorizon, PriceOutlook } from "../../wire/market";
import { session, textClock } from "../shell/app";
import { countedText, lifeText } from "../shell/texts";
import { FanChart } from "./FanChart";
import { changeText, directionText, intervalText, priceText } from "./outlook";
import { coinText, inOrder, percent } from "./record";
import { RecordTable } from "./RecordTable";

/** One symbol: its price with the fan, what is expected, and the record of whoever expects it. */
export function SymbolCard({ stream }: { readonly stream: LiveStream }) {
  const { market } = stream.findings;
  const outlook = market.outlook.value;
  const records = inOrder(market.records.value.values());
  return (
    <section class="card symbol" data-symbol={stream.name}>
      <Head stream={stream} outlook={outlook} />
      {outlook ? <Body stream={stream} outlook={outlook} records={records} /> : <p class="nothing">{waitText(stream)}</p>}
    </section>
  );
}

interface HeadProps {
  readonly stream: LiveStream;
  readonly outlook: PriceOutlook | undefined;
}

function Head({ stream, outlook }: HeadProps) {
  void textClock.value;
  const info = stream.info.value;
  return (
    <header>
      <h2>{stream.name.slice(stream.name.indexOf(".") + 1)}</h2>
      {(outlook?.isSimulated ?? info?.simulated) && <span class="badge simulated">simulated</span>}
      {outlook && (
        <span class="symbol-price" data-testid="price">
          {priceText(outlook.price)} <small>{outlook.currency}</small>
        </span>
      )}
      {outlook && <Trend word={outlook.trend} />}
      <span class="symbol-life">{info && info.life !== "live" ? lifeText(info, session.gatewayNow()) : ""}</span>
    </header>
  );
}

/** A sign and a word: neither needs colour. */
const Trend = ({ word }: { readonly word: PriceOutlook["trend"] }) => (
  <span class="symbol-trend" data-testid="trend" data-trend={word} title="By rule, of the past: the means and MACD, RSI at 70 or 30">
    {signs[word]} {word}
  </span>
);

const signs: Readonly<Record<PriceOutlook["trend"], string>> = {
  unknown: "?",
  neutral: "→",
  bullish: "↗",
  bearish: "↘",
  overbought: "⤒",
  oversold: "⤓",
};

interface BodyProps {
  readonly stream: LiveStream;
  readonly outlook: PriceOutlook;
  readonly records: readonly ModelRecord[];
}

function Body({ stream, outlook, records }: BodyProps) {
  return (
    <>
      <div class="symbol-chart">
        <FanChart stream={stream} />
        <Outlook outlook={outlook} />
      </div>
      <p class="coin" data-testid="coin">
        {coinText(records[0])}
      </p>
      <RecordTable records={records} />
    </>
  );
}

function Outlook({ outlook }: { readonly outlook: PriceOutlook }) {
  const next = outlook.horizons[0];
  return (
    <dl class="outlook">
      <Number label="next bar, calibrated" testid="direction" text={next ? directionText(next) : "--"} />
      <Number label="confidence in it" testid="confidence" text={percent(outlook.confidence)} />
      <Number label="volatility: bars that were calmer" testid="volatility" text={percent(outlook.volatilityScore, 0)} />
      {outlook.horizons.map((horizon) => (
        <Ahead key={horizon.steps} horizon={horizon} price={outlook.price} />
      ))}
    </dl>
  );
}

const Ahead = ({ horizon, price }: { readonly horizon: OutlookHorizon; readonly price: number }) => (
  <Number
    label={`${countedText(horizon.steps, "bar")} ahead, 90 % within`}
    testid={`in-${horizon.steps}`}
    text={`${changeText(horizon, price)} (${intervalText(horizon, 0.9)})`}
  />
);

interface NumberProps {
  readonly label: string;
  readonly testid: string;
  readonly text: string;
}

const Number = ({ label, testid, text }: NumberProps) => (
  <div>
    <dt>{label}</dt>
    <dd data-testid={testid}>{text}</dd>
  </div>
);

const waitText = (stream: LiveStream): string => stream.problem.value ?? "Waiting for bars: forecasts begin once the model has seen enough of them.";
