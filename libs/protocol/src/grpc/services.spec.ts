import * as coordinatorMessages from './coordinator-messages';
import * as dtmMessages from './dtm-messages';
import { Message, type Field } from './message';
import { protoFields, protoMessages, protoService } from './proto-files.spec-helper';
import {
  COORDINATOR_SERVICE,
  COORDINATOR_SERVICE_NAME,
  DTM_SERVICE,
  DTM_SERVICE_NAME,
  WORKFLOW_SERVICE,
  WORKFLOW_SERVICE_NAME,
} from './services';

const SERVICES = [
  [DTM_SERVICE_NAME, DTM_SERVICE],
  [COORDINATOR_SERVICE_NAME, COORDINATOR_SERVICE],
  [WORKFLOW_SERVICE_NAME, WORKFLOW_SERVICE],
] as const;

const MESSAGES = Object.values({ ...dtmMessages, ...coordinatorMessages }).map(
  (message) => message as unknown as Message<Readonly<Record<string, Field<unknown>>>>,
);

const TYPES: Readonly<Record<string, string>> = {
  string: 'TYPE_STRING',
  bytes: 'TYPE_BYTES',
  bool: 'TYPE_BOOL',
  int64: 'TYPE_INT64',
};

describe('the services of gRPC', () => {
  test.each(SERVICES)('%s has the methods of its .proto file, with the same messages', (name, methods) => {
    const theirs = protoService(name);
    const told = Object.entries(theirs).map(([method, { path, requestType, responseType }]) => [
      method,
      path,
      (requestType.type as { name: string }).name,
      (responseType.type as { name: string }).name,
    ]);
    const ours = Object.entries(methods).map(([method, { path, request, reply }]) => [
      method,
      path,
      request.name,
      reply.name,
    ]);
    expect(ours).toEqual(told);
  });

  test('have the messages of the .proto files and no others', () => {
    const theirs = protoMessages().map((name) => name.split('.').at(-1)!);
    expect(MESSAGES.map(({ name }) => name).toSorted()).toEqual(theirs.toSorted());
  });

  test.each(MESSAGES.map((message) => [message.name, message] as const))(
    '%s has the fields of its .proto file',
    (name, { fields }) => {
      const fullName = protoMessages().find((known) => known.split('.').at(-1) === name)!;
      const ours = Object.entries(fields).map(([field, { number, kind, repeated }]) => ({
        name: field,
        number,
        type: typeof kind === 'string' ? (TYPES[kind] ?? 'TYPE_MESSAGE') : 'TYPE_MESSAGE',
        label: repeated || kind === 'map' ? 'LABEL_REPEATED' : 'LABEL_OPTIONAL',
      }));
      const theirs = protoFields(fullName).map(({ name: field, number, type, label }) => ({
        name: field,
        number,
        type,
        label,
      }));
      expect(ours).toEqual(theirs);
    },
  );
});
