import { join } from 'node:path';
import { loadSync, type MethodDefinition } from '@grpc/proto-loader';

type AnyMethod = MethodDefinition<object, object>;

/** A field as a .proto file has it. */
export interface ProtoField {
  readonly name: string;
  readonly number: number;
  readonly type: string;
  readonly label: string;
}

const PROTO_FILES = loadSync(
  ['dtmgimp.proto', 'workflow.proto', 'coordinator.proto'].map((file) => join(__dirname, '../../proto', file)),
  { keepCase: true, longs: Number, defaults: true, arrays: true, objects: true },
);

/** @returns the methods of a service, as a library of gRPC reads them from its .proto file */
export function protoService(name: string): Readonly<Record<string, AnyMethod>> {
  return PROTO_FILES[name] as Readonly<Record<string, AnyMethod>>;
}

/** @returns the fields of a message, and those of the messages in it by their names */
export function protoFields(fullName: string): readonly ProtoField[] {
  return (PROTO_FILES[fullName] as unknown as { type: { field: readonly ProtoField[] } }).type.field;
}

/** @returns the names of the messages that the .proto files define */
export function protoMessages(): string[] {
  return Object.keys(PROTO_FILES).filter((name) => 'format' in PROTO_FILES[name]!);
}
