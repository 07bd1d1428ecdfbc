import { bool, int64, Message, nested, repeatedNested, repeatedString, string, type Field } from './message';
import { EMPTY } from './dtm-messages';
import {
  COORDINATOR_SERVICE,
  COORDINATOR_SERVICE_NAME,
  DTM_SERVICE,
  DTM_SERVICE_NAME,
  WORKFLOW_SERVICE,
  WORKFLOW_SERVICE_NAME,
  type ServiceMethods,
} from './services';

/*
 * The services described in the form that reflection speaks (google/protobuf/descriptor.proto), so that tools such as grpcurl
 * can call them without a .proto file.
 */

type AnyMessage = Message<Readonly<Record<string, Field<unknown>>>>;

const FIELD = new Message('FieldDescriptorProto', {
  name: string(1),
  number: int64(3),
  label: int64(4),
  type: int64(5),
  type_name: string(6),
  json_name: string(10),
});
const MESSAGE_OPTIONS = new Message('MessageOptions', { map_entry: bool(7) });
const ENTRY = new Message('DescriptorProto', {
  name: string(1),
  field: repeatedNested(2, FIELD),
  options: nested(7, MESSAGE_OPTIONS),
});
const DESCRIPTOR = new Message('DescriptorProto', {
  name: string(1),
  field: repeatedNested(2, FIELD),
  nested_type: repeatedNested(3, ENTRY),
});
const METHOD = new Message('MethodDescriptorProto', { name: string(1), input_type: string(2), output_type: string(3) });
const SERVICE = new Message('ServiceDescriptorProto', { name: string(1), method: repeatedNested(2, METHOD) });
const FILE = new Message('FileDescriptorProto', {
  name: string(1),
  package: string(2),
  dependency: repeatedString(3),
  message_type: repeatedNested(4, DESCRIPTOR),
  service: repeatedNested(6, SERVICE),
  syntax: string(12),
});

const LABELS = { optional: 1, repeated: 3 } as const;
const TYPES = { string: 9, bytes: 12, bool: 8, int64: 3, message: 11 } as const;

const EMPTY_FILE = 'google/protobuf/empty.proto';
const EMPTY_TYPE = '.google.protobuf.Empty';

/** @returns the descriptors of all files of this protocol, encoded, each after those that it needs */
export function fileDescriptors(): Buffer[] {
  const empty = FILE.encode({
    name: EMPTY_FILE,
    package: 'google.protobuf',
    message_type: [{ name: EMPTY.name }],
    syntax: 'proto3',
  });
  return [
    empty,
    fileOf('dtmgimp.proto', DTM_SERVICE_NAME, DTM_SERVICE),
    fileOf('workflow.proto', WORKFLOW_SERVICE_NAME, WORKFLOW_SERVICE),
    fileOf('coordinator.proto', COORDINATOR_SERVICE_NAME, COORDINATOR_SERVICE),
  ];
}

function fileOf(file: string, serviceName: string, methods: ServiceMethods): Buffer {
  const dot = serviceName.lastIndexOf('.');
  const [packageName, name] = [serviceName.slice(0, dot), serviceName.slice(dot + 1)];
  const typeOf = (message: AnyMessage): string => (isEmpty(message) ? EMPTY_TYPE : `.${packageName}.${message.name}`);
  const messages = messagesOf(methods);
  return FILE.encode({
    name: file,
    package: packageName,
    dependency: Object.values(methods).some(({ request, reply }) => isEmpty(request) || isEmpty(reply))
      ? [EMPTY_FILE]
      : [],
    message_type: messages.map((message) => descriptorOf(message, packageName)),
    service: [
      {
        name,
        method: Object.entries(methods).map(([method, { request, reply }]) => ({
          name: method,
          input_type: typeOf(request),
          output_type: typeOf(reply),
        })),
      },
    ],
    syntax: 'proto3',
  });
}

const isEmpty = (message: AnyMessage): boolean => message === (EMPTY as unknown as AnyMessage);

/** What the methods take and give, and what is inside of these; each once. */
function messagesOf(methods: ServiceMethods): AnyMessage[] {
  const found = new Set<AnyMessage>();
  const add = (message: AnyMessage): void => {
    if (isEmpty(message) || found.has(message)) return;
    found.add(message);
    for (const { kind } of Object.values(message.fields)) if (typeof kind === 'object') add(kind);
  };
  for (const { request, reply } of Object.values(methods)) {
    add(request);
    add(reply);
  }
  return [...found];
}

function descriptorOf(message: AnyMessage, packageName: string) {
  const fields = Object.entries(message.fields);
  return {
    name: message.name,
    field: fields.map(([name, { number, kind, repeated }]) => ({
      name,
      number,
      label: repeated || kind === 'map' ? LABELS.repeated : LABELS.optional,
      type: typeof kind === 'object' || kind === 'map' ? TYPES.message : TYPES[kind],
      type_name: typeNameOf(message, name, packageName),
      json_name: message.jsonNames[name] ?? name,
    })),
    nested_type: fields
      .filter(([, { kind }]) => kind === 'map')
      .map(([name]) => ({ name: `${name}Entry`, field: ENTRY_FIELDS, options: { map_entry: true } })),
  };
}

const ENTRY_FIELDS = ['key', 'value'].map((name, index) => ({
  name,
  number: index + 1,
  label: LABELS.optional,
  type: TYPES.string,
  json_name: name,
}));

function typeNameOf(message: AnyMessage, name: string, packageName: string): string {
  const { kind } = message.fields[name]!;
  if (kind === 'map') return `.${packageName}.${message.name}.${name}Entry`;
  return typeof kind === 'object' ? `.${packageName}.${kind.name}` : '';
}
