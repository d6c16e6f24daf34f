/**
 * For what is left of an object when everything that a topology file says of it was taken: why each property makes no
 * difference there. A property that is new has no reason, so it doesn't compile until it is taken, or has one.
 */
export function needless<Left extends object>(
  _left: Left,
  _reasons: Readonly<Record<keyof NoInfer<Left>, string>>,
): void {}
