/** @returns an amount of minor units as people read it: `-3000` → `-30.00`. */
export function formatMinor(minor: number): string {
  const digits = String(Math.abs(minor)).padStart(3, '0');
  return `${minor < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** The same with a sign in front of every movement. */
export function formatMovement(minor: number): string {
  return minor > 0 ? `+${formatMinor(minor)}` : formatMinor(minor);
}
