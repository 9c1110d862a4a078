import type { FastifyReply } from 'fastify';
import { invoke } from '../invoke.ts';
import type { Download } from '../schema.ts';
import type { Call } from './rest-call.ts';

/** Answers with the file of a {@link Download}. A source that fails half way breaks the connection, so that no caller takes a part for the whole. */
export async function answerFile({ route, reply, context, input }: Call): Promise<FastifyReply> {
  const { stream, fileName, bytes } = (await invoke(route.operation, context, input)) as Download;
  reply.type('application/octet-stream');
  reply.header('content-disposition', contentDisposition(fileName));
  if (bytes !== null) reply.header('content-length', bytes);
  return reply.send(stream);
}

/** RFC 6266: a plain name for old clients, the exact one in UTF-8. */
export function contentDisposition(fileName: string): string {
  const plain = fileName.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const exact = encodeURIComponent(fileName).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${exact}`;
}
