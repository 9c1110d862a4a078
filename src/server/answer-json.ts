import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { invoke } from '../invoke.ts';
import type { Call } from './rest-call.ts';

/** Answers with the output as JSON: `Location` of what was made, `ETag` of what has a version, `304` for what the caller has already. */
export async function answerJson({ route, request, reply, context, input }: Call): Promise<FastifyReply> {
  const { operation, status, location } = route;
  const output = await invoke(operation, context, input);
  reply.code(status);
  if (location !== undefined) reply.header('location', location(output, input));
  if (status === 204) return reply.send();

  const body = reply.serialize(output);
  const version = versionOf(output);
  if (version !== undefined) {
    const etag = etagOf(version, body.toString());
    reply.header('etag', etag);
    if (request.method === 'GET' && isKnown(etag, request.headers['if-none-match'])) return reply.code(304).send();
  }
  return reply.type('application/json; charset=utf-8').send(body);
}

function versionOf(output: unknown): number | undefined {
  if (typeof output !== 'object' || output === null || !('version' in output)) return undefined;
  return typeof output.version === 'number' ? output.version : undefined;
}

/**
 * The version counts edits only, but a representation also changes when nobody edits it (usage, what is mounted where).
 * So its digest follows: `If-None-Match` compares all of the tag, `If-Match` only the version.
 */
function etagOf(version: number, body: string): string {
  return `"${version}.${createHash('sha256').update(body).digest('base64url').slice(0, 16)}"`;
}

function isKnown(etag: string, ifNoneMatch: string | undefined): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
