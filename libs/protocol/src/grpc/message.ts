import { WIRE, WireReader } from './wire-reader';
import { WireWriter } from './wire-writer';

/** What one value of a field is: the types that this protocol uses. */
export type Scalar = 'string' | 'bytes' | 'bool' | 'int64';

/** One field of a message: its number, and how its values are read and written. */
export interface Field<Read, Written = Read> {
  readonly number: number;
  readonly kind: Scalar | 'map' | Message<FieldsOf>;
  readonly repeated: boolean;
  /** Only there for the types. */
  readonly types?: { readonly read: Read; readonly written: Written };
}

// The types of values differ per field; what matters here is that there is one.
type FieldsOf = Readonly<Record<string, Field<unknown>>>;

/** A message as it is read: every field has its type; only a message inside may be missing. */
export type MessageValue<F extends FieldsOf> = {
  -readonly [K in keyof F]: F[K] extends Field<infer Read, unknown> ? Read : never;
};

/** A message as it is written: what is missing has its zero value. */
export type MessageInput<F extends FieldsOf> = {
  readonly [K in keyof F]?: F[K] extends Field<unknown, infer Written> ? Written | undefined : never;
};

function field<Read, Written = Read>(
  number: number,
  kind: Field<Read, Written>['kind'],
  repeated = false,
): Field<Read, Written> {
  return { number, kind, repeated };
}

export const string = (number: number): Field<string> => field(number, 'string');
export const bytes = (number: number): Field<Uint8Array> => field(number, 'bytes');
export const bool = (number: number): Field<boolean> => field(number, 'bool');
/** As a number: what is beyond 2^53 loses its last digits. */
export const int64 = (number: number): Field<number> => field(number, 'int64');
export const repeatedString = (number: number): Field<readonly string[]> => field(number, 'string', true);
export const repeatedBytes = (number: number): Field<readonly Uint8Array[]> => field(number, 'bytes', true);
export const stringMap = (number: number): Field<Readonly<Record<string, string>>> => field(number, 'map');
export const nested = <F extends FieldsOf>(
  number: number,
  message: Message<F>,
): Field<MessageValue<F> | undefined, MessageInput<F> | undefined> =>
  field(number, message as unknown as Message<FieldsOf>);
export const repeatedNested = <F extends FieldsOf>(
  number: number,
  message: Message<F>,
): Field<readonly MessageValue<F>[], readonly MessageInput<F>[]> =>
  field(number, message as unknown as Message<FieldsOf>, true);

/**
 * A message of protocol buffers, told by a table of its fields. Written by hand and not generated: the few messages of this
 * protocol need no compiler and no package at run time, and are read in a fraction of the time that a general one takes.
 */
export class Message<F extends FieldsOf> {
  private readonly byNumber: readonly (readonly [name: string, field: Field<unknown>] | undefined)[];
  private readonly entries: readonly (readonly [name: string, field: Field<unknown>])[];

  /**
   * @param name as in its .proto file, without the package
   * @param jsonNames names in JSON where they are others, which only reflection tells
   */
  constructor(
    readonly name: string,
    readonly fields: F,
    readonly jsonNames: Readonly<Record<string, string>> = {},
  ) {
    this.entries = Object.entries(fields);
    const byNumber: (readonly [string, Field<unknown>] | undefined)[] = [];
    for (const entry of this.entries) byNumber[entry[1].number] = entry;
    this.byNumber = byNumber;
  }

  /** Skips what it does not know. @throws MalformedMessageError */
  decode(encoded: Uint8Array): MessageValue<F> {
    return this.read(new WireReader(asBuffer(encoded)));
  }

  /** Leaves zero values out, as proto3 does. */
  encode(value: MessageInput<F>): Buffer {
    const writer = new WireWriter();
    for (const [name, { number, kind, repeated }] of this.entries) {
      const given = (value as Readonly<Record<string, unknown>>)[name];
      if (given === undefined) continue;
      if (repeated) for (const one of given as readonly unknown[]) write(writer, number, kind, one);
      else if (!isZero(given)) write(writer, number, kind, given);
    }
    return writer.finish();
  }

  private read(reader: WireReader): MessageValue<F> {
    const value = this.zero();
    while (reader.hasMore) {
      const tag = reader.tag();
      const known = this.byNumber[tag >>> 3];
      // A field of another wire type than expected is of another message: unknown, as everywhere else.
      if (!known || wireOf(known[1].kind) !== (tag & 7)) reader.skip(tag & 7);
      else this.readField(reader, value, known);
    }
    return value as MessageValue<F>;
  }

  private readField(
    reader: WireReader,
    value: Record<string, unknown>,
    known: readonly [string, Field<unknown>],
  ): void {
    const [name, { kind, repeated }] = known;
    if (kind === 'map') {
      const { key, value: entry } = MAP_ENTRY.read(reader.nested());
      // Not by assignment: "__proto__" is a key like any other.
      Object.defineProperty(value[name], key, { value: entry, enumerable: true, configurable: true, writable: true });
      return;
    }
    const one = readOne(reader, kind);
    if (repeated) (value[name] as unknown[]).push(one);
    else value[name] = one;
  }

  private zero(): Record<string, unknown> {
    const value: Record<string, unknown> = {};
    for (const [name, { kind, repeated }] of this.entries) value[name] = repeated ? [] : zeroOf(kind);
    return value;
  }

  /** @internal */
  readNested(reader: WireReader): MessageValue<F> {
    return this.read(reader);
  }
}

const NO_BYTES = Buffer.alloc(0);

const MAP_ENTRY = new Message('Entry', { key: string(1), value: string(2) });

function asBuffer(encoded: Uint8Array): Buffer {
  return Buffer.isBuffer(encoded) ? encoded : Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength);
}

function wireOf(kind: Field<unknown>['kind']): number {
  return kind === 'bool' || kind === 'int64' ? WIRE.varint : WIRE.bytes;
}

function readOne(reader: WireReader, kind: Exclude<Field<unknown>['kind'], 'map'>): unknown {
  switch (kind) {
    case 'string':
      return reader.text();
    case 'bytes':
      return reader.slice();
    case 'int64':
      return reader.varint();
    case 'bool':
      return reader.varint() !== 0;
    default:
      return kind.readNested(reader.nested());
  }
}

function write(writer: WireWriter, number: number, kind: Field<unknown>['kind'], value: unknown): void {
  switch (kind) {
    case 'string':
      writer.textField(number, value as string);
      return;
    case 'bytes':
      writer.bytesField(number, value as Uint8Array);
      return;
    case 'int64':
    case 'bool':
      writer.varintField(number, Number(value));
      return;
    case 'map':
      for (const [key, entry] of Object.entries(value as Record<string, string>)) {
        writer.bytesField(number, MAP_ENTRY.encode({ key, value: entry }));
      }
      return;
    default:
      writer.bytesField(number, kind.encode(value as MessageInput<FieldsOf>));
  }
}

function isZero(value: unknown): boolean {
  return value === '' || value === 0 || value === false || (value instanceof Uint8Array && value.byteLength === 0);
}

function zeroOf(kind: Field<unknown>['kind']): unknown {
  switch (kind) {
    case 'string':
      return '';
    case 'bytes':
      return NO_BYTES;
    case 'int64':
      return 0;
    case 'bool':
      return false;
    case 'map':
      return {};
    default:
      return undefined;
  }
}
