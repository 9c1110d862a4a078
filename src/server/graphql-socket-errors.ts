import { GraphQLError } from 'graphql';
import type { Log } from '../log.ts';
import { graphqlError } from './graphql-errors.ts';

interface Socket {
  send(message: unknown, ...rest: unknown[]): void;
}

interface SentError {
  readonly message: string;
  readonly extensions?: { readonly code?: string };
}

/**
 * Mercurius sends what is wrong with a document or its variables over a socket as it is, past the error formatter. With
 * this, such errors have the code that the same fault has over HTTP.
 */
export function giveErrorsCodes(socket: Socket, requestId: string, log: Pick<Log, 'error'>): void {
  const send = socket.send.bind(socket);
  socket.send = (message, ...rest) => send(isError(message) ? withCodes(message, requestId, log) : message, ...rest);
}

function isError(message: unknown): message is string {
  return typeof message === 'string' && message.startsWith('{"type":"error"');
}

function withCodes(text: string, requestId: string, log: Pick<Log, 'error'>): string {
  const message = JSON.parse(text) as { payload: readonly SentError[] };
  const payload = message.payload.map((error) =>
    error.extensions?.code === undefined ? graphqlError(new GraphQLError(error.message), requestId, log) : error,
  );
  return JSON.stringify({ ...message, payload });
}
