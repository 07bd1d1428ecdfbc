import { randomFillSync } from 'node:crypto';

/** No characters that look alike (spec 1.2). */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const BASE = ALPHABET.length;
/** Digits of the milliseconds: enough until the year 5500. */
const TIME_DIGITS = 8;
/** Random digits: 81 bits, as many as a UUIDv7 has. */
const RANDOM_DIGITS = 14;
/** Bytes from here on would make the first digits likelier than the last. */
const FAIR_BYTES = 256 - (256 % BASE);

/** Randomness is fetched for many ids at once. */
const pool = new Uint8Array(1024);
let used = pool.length;

/**
 * @returns a new global id of 22 characters (spec 1.2: the length and alphabet of dtm's). It begins with the time, so that ids
 * made after each other stand beside each other in every index: random ones make a store write a page of its own for each.
 */
export function newGid(): string {
  let text = '';
  for (let time = Date.now(), digit = 0; digit < TIME_DIGITS; digit += 1) {
    text = ALPHABET.charAt(time % BASE) + text;
    time = Math.floor(time / BASE);
  }
  while (text.length < TIME_DIGITS + RANDOM_DIGITS) {
    const byte = randomByte();
    if (byte < FAIR_BYTES) text += ALPHABET.charAt(byte % BASE);
  }
  return text;
}

function randomByte(): number {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const byte = pool[used]!;
  used += 1;
  return byte;
}
