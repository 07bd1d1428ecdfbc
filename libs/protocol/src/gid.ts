import { randomUUID } from 'node:crypto';

/** No characters that look alike (spec 1.2). */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const BASE = BigInt(ALPHABET.length);
/** Enough digits of that base for 128 bits. */
const LENGTH = 22;

/** @returns a new global id: a random UUID in base 57, 22 characters (spec 1.2). */
export function newGid(): string {
  let rest = BigInt(`0x${randomUUID().replaceAll('-', '')}`);
  let text = '';
  while (rest > 0n) {
    text = ALPHABET[Number(rest % BASE)] + text;
    rest /= BASE;
  }
  return text.padStart(LENGTH, ALPHABET[0]);
}
