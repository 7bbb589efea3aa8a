/** A moment in event time, ns since the Unix epoch: exact, as it travels in frames. */
export type Nanos = bigint & { readonly unit: "ns" };

/** A moment or a length in milliseconds. Which clock it belongs to, its owner says. */
export type Millis = number & { readonly unit: "ms" };

export const nanos = (value: bigint): Nanos => value as Nanos;
export const millis = (value: number): Millis => value as Millis;

/** Loses what is below a quarter of a microsecond, which no screen shows. */
export const toMillis = (time: Nanos): Millis => millis(Number(time / 1000n) / 1000);
